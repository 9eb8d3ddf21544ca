"""Trying a bot's sign-in: whether the token is right, and whether somebody else has the bot already."""

from typing import Any
from urllib.parse import urlsplit

from ingest_social.bots.account import BotAccount, polls
from ingest_social.bots.calling import Caller, calling
from ingest_social.bots.dialect import Dialect
from peyvand.errors import SignInFailed


async def check(dialect: Dialect, account: BotAccount) -> str:
    """Say which bot answers; raises SignInFailed, also when a webhook takes the updates that we are to ask for."""
    async with calling(account, dialect) as caller:
        name = _name(await caller.ask("get_Me"))
        hook, waiting = await _webhook(caller)
    if polls(account):
        if hook:
            raise SignInFailed(
                f"{name} answers, but a webhook is set for it (at {_host(hook)}), so its updates go there: "
                "delete the webhook (deleteWebhook) if nothing needs it, or choose mode: webhook"
            )
        return f"{name} answers; {waiting} update(s) wait for us"
    if not hook:
        return f"{name} answers; no webhook is set at {dialect.vendor} yet, so nothing will arrive (see the docs page)"
    return f"{name} answers; its webhook is set (at {_host(hook)})"


async def _webhook(caller: Caller) -> tuple[str, int]:
    found = await caller.ask("get_WebhookInfo")
    if not isinstance(found, dict):
        return "", 0
    return str(found.get("url") or ""), int(found.get("pending_update_count") or 0)


def _name(me: Any) -> str:
    if not isinstance(me, dict):
        return "the bot"
    return f"@{me['username']}" if me.get("username") else str(me.get("first_name") or "the bot")


def _host(url: str) -> str:
    """Return a webhook's host only: its path or query may hold a secret."""
    return urlsplit(url).hostname or "an unreadable address"
