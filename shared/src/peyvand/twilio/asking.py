"""Asking Twilio's REST API for one account, and where its files lie.

https://www.twilio.com/docs/usage/api
"""

import base64
from contextlib import AbstractAsyncContextManager

import httpx

from peyvand.calling import Caller, Vendor, calling
from peyvand.source import Remote
from peyvand.twilio.account import TwilioAccount

TWILIO = Vendor("Twilio", "copy Account SID and Auth Token again from the Twilio console")


def asking(account: TwilioAccount) -> AbstractAsyncContextManager[Caller]:
    """Open connections that sign in as the account."""
    return calling(TWILIO, account.base_url, account.proxy, auth=httpx.BasicAuth(*account.credentials))


async def whose(account: TwilioAccount) -> str:
    """Say whose account it is, and in what state; raises SignInFailed, Unavailable."""
    async with asking(account) as caller:
        found = caller.read(await caller.ask("GET", f"{account.root}.json"))
    name, status = str(found.get("friendly_name") or "the account"), str(found.get("status") or "unknown")
    return f"Twilio answers for {name} ({status})"


def remote(account: TwilioAccount, path: str) -> Remote:
    """Return a file of the account, which Twilio gives to nobody else."""
    signed = base64.b64encode(":".join(account.credentials).encode()).decode()
    return Remote(account.base_url + path, {"Authorization": f"Basic {signed}"}, proxy=account.proxy)
