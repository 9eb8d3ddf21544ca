"""Calls to Rubika's API, with what can go wrong said in plain words."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from ingest_social.rubika.account import RubikaAccount
from peyvand.errors import SignInFailed, Unavailable

PATIENCE = 15.0
# What the vendor is seen to answer when it does not know the token.
_STRANGE = {"INVALID_ACCESS", "INVALID_AUTH", "NOT_REGISTERED"}


class NotDone(Unavailable):
    """The vendor understands us, and will not do what we ask; `why` is its own word for it."""

    def __init__(self, words: str, why: str) -> None:
        super().__init__(words)
        self.why = why


@dataclass(frozen=True, slots=True)
class Caller:
    """A bot whose methods can be called."""

    client: httpx.AsyncClient
    account: RubikaAccount

    async def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Return what a method answers; raises Unavailable or SignInFailed."""
        url = f"{self.account.base_url}/{self.account.token.get_secret_value()}/{method}"
        try:
            answer = await self.client.post(url, json=parameters)
        except httpx.TimeoutException as error:
            raise Unavailable("Rubika does not answer in time") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unavailable("Rubika cannot be reached; a proxy: of this connector may be wrong or missing") from error
        return _result(answer)


@asynccontextmanager
async def calling(account: RubikaAccount) -> AsyncIterator[Caller]:
    """Hold connections to the vendor while the block runs."""
    async with httpx.AsyncClient(proxy=account.proxy, timeout=PATIENCE) as client:
        yield Caller(client, account)


def _result(answer: httpx.Response) -> dict[str, Any]:
    if answer.status_code in (401, 403, 404):
        raise SignInFailed("Rubika refuses the bot's token: copy it again from BotFather")
    if answer.status_code == 429:
        raise Unavailable("Rubika asks us to come less often", 30)
    try:
        found = orjson.loads(answer.content)
    except orjson.JSONDecodeError as error:
        raise Unavailable(f"Rubika answered {answer.status_code} with something that is no JSON") from error
    if not isinstance(found, Mapping):
        raise Unavailable("Rubika answered with something that is no answer of its API")
    status, result = found.get("status"), found.get("data")
    if status in _STRANGE:
        raise SignInFailed("Rubika refuses the bot's token: copy it again from BotFather")
    if status != "OK":
        raise NotDone(f"Rubika answered {status!r:.60}", f"{status!r:.60}")
    return dict(result) if isinstance(result, Mapping) else {}
