"""Asking a vendor over HTTP: what stands in the way is said in words, without addresses, which may hold a key."""

from collections.abc import AsyncIterator, Container
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from peyvand.errors import SignInFailed, Unavailable

PATIENCE = httpx.Timeout(30, connect=10)
# An answer holds a hundred messages or so.
MOST = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Vendor:
    """Whom we ask; `refused` says what to do when it does not know us.

    `telling` are the statuses with which an answer says more than they do.
    """

    name: str
    refused: str
    telling: Container[int] = ()


@dataclass(frozen=True, slots=True)
class Caller:
    """The open connections to one vendor."""

    client: httpx.AsyncClient
    vendor: Vendor

    async def ask(self, method: str, path: str, **request: Any) -> bytes:
        """Return the bytes of an answer; raises Unavailable, SignInFailed."""
        name = self.vendor.name
        try:
            answer = await self.client.request(method, path, **request)
        except httpx.HTTPError as error:
            raise Unavailable(
                f"{name} cannot be reached ({type(error).__name__}); where it is filtered, set proxy:"
            ) from error
        status = answer.status_code
        if status == 429:
            seconds = _wait(answer.headers.get("retry-after", ""))
            raise Unavailable(f"{name} asks us to come less often; again in {seconds} s", seconds)
        if len(answer.content) > MOST:
            raise Unavailable(f"{name} answered with more than anybody would read")
        if status in (401, 403) and status not in self.vendor.telling:
            raise SignInFailed(f"{name} does not take our key (HTTP {status}): {self.vendor.refused}")
        if status >= 300 and status not in self.vendor.telling:
            raise Unavailable(f"{name} is out of order (HTTP {status})")
        return answer.content

    def read(self, answer: bytes) -> dict[str, Any]:
        """Return an answer as a JSON object; raises Unavailable when it is none."""
        try:
            found = orjson.loads(answer)
        except orjson.JSONDecodeError as error:
            raise Unavailable(f"{self.vendor.name} answered with something that is no JSON") from error
        if not isinstance(found, dict):
            raise Unavailable(f"{self.vendor.name} answered with something that is no answer")
        return found


def _wait(told: str) -> int:
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 6 else 60


@asynccontextmanager
async def calling(vendor: Vendor, base_url: str, proxy: str | None, **client: Any) -> AsyncIterator[Caller]:
    """Open the connections to a vendor."""
    async with httpx.AsyncClient(base_url=base_url, timeout=PATIENCE, proxy=proxy, trust_env=False, **client) as opened:
        yield Caller(opened, vendor)
