"""Trying a Rubika bot's sign-in, and having the vendor call us.

https://rubika.ir/botapi/methods
"""

from typing import Any

from ingest_social.bots.account import polls
from ingest_social.bots.address import with_key
from ingest_social.rubika.account import RubikaAccount
from ingest_social.rubika.calling import calling
from peyvand.errors import SignInFailed

# An address for each kind of call; all are ours, and what comes is told apart by its body.
ENDPOINTS = ("ReceiveUpdate", "ReceiveInlineMessage")


async def check(account: RubikaAccount) -> str:
    """Say which bot answers: the vendor does not tell where its calls go, so nothing is changed here."""
    async with calling(account) as caller:
        name = _name(await caller.ask("getMe"))
    if polls(account):
        return f"{name} answers; if an endpoint is set for it, its updates go there and not to us"
    return f"{name} answers; Rubika does not tell whom it calls: set our address once (peyvand check NAME --take-over)"


async def take_over(account: RubikaAccount) -> str:
    """Have the vendor call our address, whomever it called before; raises SignInFailed without an address."""
    if polls(account):
        return await check(account)
    if account.address is None:
        raise SignInFailed("address: is missing (or server.public_url): where is Rubika to call us?")
    async with calling(account) as caller:
        name = _name(await caller.ask("getMe"))
        for kind in ENDPOINTS:
            await caller.ask("updateBotEndpoints", url=with_key(account.address, account), type=kind)
    return f"{name} answers; Rubika was told to call us"


def _name(me: dict[str, Any]) -> str:
    bot = me.get("bot")
    known = bot if isinstance(bot, dict) else me
    return f"@{known['username']}" if known.get("username") else str(known.get("bot_title") or "the bot")
