"""Trying a bot's sign-in, and having the vendor call us: what somebody else has is taken only when we are told to.

https://core.telegram.org/bots/api#setwebhook
"""

from typing import Any
from urllib.parse import urlsplit

from ingest_social.bots.account import BotAccount, polls
from ingest_social.bots.address import with_key
from ingest_social.bots.calling import Caller, NotDone, calling
from ingest_social.bots.dialect import Dialect
from peyvand.errors import SignInFailed


async def check(dialect: Dialect, account: BotAccount, *, take_over: bool = False) -> str:
    """Say which bot answers; in mode webhook have the vendor call our address, when it is known and none is set.

    Raises SignInFailed, also when the bot's updates go to somebody else: `take_over` takes them away from there.
    """
    async with calling(account, dialect) as caller:
        name = _name(await caller.ask("get_Me"))
        hook, waiting = await _webhook(caller)
        if polls(account):
            return await _polled(caller, name, hook, waiting, take_over=take_over)
        return await _called(caller, account, name, hook, take_over=take_over)


async def enlist(dialect: Dialect, account: BotAccount) -> str | None:
    """Have the vendor call our address, if it is known and nobody else is called."""
    return None if account.address is None else await check(dialect, account)


async def _polled(caller: Caller, name: str, hook: str, waiting: int, *, take_over: bool) -> str:
    if hook and not take_over:
        raise SignInFailed(
            f"{name} answers, but a webhook is set for it (at {_host(hook)}), so its updates go there: if nothing needs"
            " it, take them over (peyvand check NAME --take-over), or choose mode: webhook"
        )
    if hook:
        await caller.ask("delete_Webhook")  # what waits is kept, and comes to us
        return f"{name} answers; its webhook (at {_host(hook)}) was deleted, and {waiting} update(s) wait for us"
    return f"{name} answers; {waiting} update(s) wait for us"


async def _called(caller: Caller, account: BotAccount, name: str, hook: str, *, take_over: bool) -> str:
    vendor, ours = caller.dialect.vendor, account.address
    if ours is None:
        if hook:
            return f"{name} answers; its webhook is set (at {_host(hook)}); address: would tell us whether it is ours"
        return f"{name} answers; no webhook is set at {vendor} yet, and address: is missing, so nothing will arrive"
    if hook and not _is_ours(hook, ours) and not take_over:
        raise SignInFailed(
            f"{name} answers, but {vendor} sends its updates to somebody else (at {_host(hook)}): if that program is"
            " yours, let us have them and hand them on to it (relay_to:), with peyvand check NAME --take-over"
        )
    await _set(caller, account, ours)
    before = f" instead of {_host(hook)}" if hook and not _is_ours(hook, ours) else ""
    return f"{name} answers; {vendor} calls us at {_host(ours)}{before}"


async def _set(caller: Caller, account: BotAccount, address: str) -> None:
    """Set the webhook, whether or not it is: the secret and the list of updates may have changed."""
    secret, dialect = account.secret[0].get_secret_value(), caller.dialect
    asked = list(dialect.asked) or None
    try:
        if dialect.signs:
            await caller.ask("set_Webhook", url=address, secret_token=secret, allowed_updates=asked)
        else:
            await caller.ask("set_Webhook", url=with_key(address, account))
    except NotDone as refusal:
        raise SignInFailed(f"{dialect.vendor} will not call {_host(address)}: {refusal.why}") from refusal


async def _webhook(caller: Caller) -> tuple[str, int]:
    found = await caller.ask("get_WebhookInfo")
    if not isinstance(found, dict):
        return "", 0
    return str(found.get("url") or ""), int(found.get("pending_update_count") or 0)


def _is_ours(hook: str, ours: str) -> bool:
    """Return whether two addresses are one; a query may hold a secret that has been replaced."""
    return hook.partition("?")[0] == ours


def _name(me: Any) -> str:
    if not isinstance(me, dict):
        return "the bot"
    return f"@{me['username']}" if me.get("username") else str(me.get("first_name") or "the bot")


def _host(url: str) -> str:
    """Return a webhook's host only: its path or query may hold a secret."""
    return urlsplit(url).hostname or "an unreadable address"
