"""A reader of server-sent events over a real connection."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import orjson


@dataclass
class Told:
    """One block of a stream."""

    id: str | None = None
    event: str | None = None
    body: Any = None
    comment: str | None = None


class Stream:
    """A reader of server-sent events."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines

    async def block(self) -> Told:
        told = Told()
        async for line in self._lines:
            name, _, value = line.partition(": ")
            match name:
                case "":
                    if line == "":
                        return told
                    told.comment = value
                case "id":
                    told.id = value
                case "event":
                    told.event = value
                case "data":
                    told.body = orjson.loads(value)
        raise EOFError

    async def event(self) -> Told:
        """Return the next block with an event; the deadline is the test's failure."""
        async with asyncio.timeout(5):
            while True:
                told = await self.block()
                if told.event:
                    return told


@asynccontextmanager
async def stream(url: str, **headers: str) -> AsyncIterator[Stream]:
    async with httpx.AsyncClient(timeout=10) as http, http.stream("GET", url, headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield Stream(answer.aiter_lines())
