"""Calls to a Bot API through python-telegram-bot, with what can go wrong said in plain words."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from telegram import Bot
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)
from telegram.request import HTTPXRequest

from ingest_social.bots.account import BotAccount
from ingest_social.bots.dialect import Dialect
from peyvand.errors import PeyvandError, SignInFailed, Unavailable

# How long an answer may take beyond the time that the vendor was asked to wait for news.
PATIENCE = 10.0


class NotDone(Unavailable):
    """The vendor will not do what we ask; `why` is what it says of our request."""

    def __init__(self, words: str, why: str) -> None:
        super().__init__(words)
        self.why = why


class _AskedToWait(Exception):
    """The vendor names the seconds after which it will answer again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class _Quiet(HTTPXRequest):
    """Reads answers as its parent does, but never logs one: an answer holds people's messages."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        try:
            answer = json.loads(payload.decode("utf-8", "replace"))
        except (ValueError, RecursionError) as error:
            raise TelegramError("the answer is no JSON") from error
        if not isinstance(answer, dict):
            raise TelegramError("the answer is no Bot API answer")
        match answer.get("parameters"):
            case {"retry_after": int() as seconds}:
                # the library's own error for it warns, whenever it is made, that its number will become a timedelta
                raise _AskedToWait(seconds)
        return answer


@dataclass(frozen=True, slots=True)
class Caller:
    """A bot whose methods can be called; answers are plain JSON values, so that new fields pass through."""

    bot: Bot
    dialect: Dialect

    async def ask(self, method: str, wait: float = 0, **parameters: Any) -> Any:
        """Return a method's result; raises Unavailable or SignInFailed.

        The library warns when a method that it has typed is called by its own name, and writes get_Updates as
        getUpdates on the wire: hence the odd spelling of its callers.
        """
        try:
            return await self.bot.do_api_request(method, parameters, read_timeout=wait + PATIENCE)
        except _AskedToWait as wish:
            raise Unavailable(f"{self.dialect.vendor} asks us to wait {wish.seconds} s", wish.seconds) from wish
        except TelegramError as error:
            raise plain(error, self.dialect) from error
        except (KeyError, TypeError, AttributeError) as error:
            raise Unavailable(f"{self.dialect.vendor} answered with something that is no Bot API answer") from error


@asynccontextmanager
async def calling(account: BotAccount, dialect: Dialect) -> AsyncIterator[Caller]:
    """Hold connections to the vendor while the block runs."""
    async with _Quiet(proxy=account.proxy, connect_timeout=PATIENCE) as request:
        token, url = account.token.get_secret_value(), account.base_url
        yield Caller(Bot(token, url, request=request, get_updates_request=request), dialect)


def plain(error: TelegramError, dialect: Dialect) -> PeyvandError:
    """Return an error of the library in words that say what to do."""
    vendor = dialect.vendor
    match error:
        case InvalidToken() | Forbidden():
            return SignInFailed(f"{vendor} refuses the bot's token: copy it again from BotFather")
        case Conflict():
            return Unavailable(
                f"another program asks {vendor} for this bot's updates, or a webhook is set for the bot: "
                "stop the other program, or delete the webhook, or choose mode: webhook",
                30,
            )
        case TimedOut():
            return Unavailable(f"{vendor} does not answer in time")
        case BadRequest():
            return NotDone(f"{vendor} finds our request malformed", f"{error!s:.200}")
        case NetworkError():
            return Unavailable(
                f"{vendor} cannot be reached, or is out of order; where it is filtered, set proxy: for this connector"
            )
        case _:
            return Unavailable(f"{vendor} answers with an error ({type(error).__name__})")
