"""A channel whose files lie at a host of the test's own, and what is published of them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from making import customer, message, reading, telegram
from peyvand.blobs import Blobs
from peyvand.delivery import Delivery
from peyvand.errands import Desk, Errands
from peyvand.event import Attachment, InteractionEvent
from peyvand.fetching import Guard
from peyvand.media import Fetching, MediaWorker, Place
from peyvand.publish import Publisher, Reading
from peyvand.source import Remote, WebhookSource

PNG = b"\x89PNG\r\n\x1a\n" + bytes(1000)


class Settings(BaseModel):
    """An account that needs nothing."""


@dataclass(slots=True)
class Vendor:
    """What `locate` answers of each file, and the host where they lie."""

    url: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    located: list[str] = field(default_factory=list)
    served: dict[str, Callable[[], Response]] = field(default_factory=dict)

    async def locate(self, _settings: Settings, file: Attachment) -> Remote:
        self.located.append(file.at)
        match self.answers.get(file.at):
            case Exception() as error:
                raise error
            case Remote() as remote:
                return remote
            case _:
                return Remote(f"{self.url}/{file.at.removeprefix('t:')}", trusted=True)

    async def answer(self, request: Request) -> Response:
        made = self.served.get(request.url.path.removeprefix("/"))
        return made() if made else Response(PNG)

    @property
    def application(self) -> Starlette:
        return Starlette(routes=[Route("/{path:path}", self.answer)])

    @property
    def source(self) -> WebhookSource[Settings]:
        return WebhookSource(
            name="telegram", settings=Settings, verify=_anybody, normalise=_nothing, locate=self.locate
        )


def _anybody(_delivery: Delivery, _settings: Settings) -> None:
    return None


def _nothing(_delivery: Delivery, _settings: Settings, _organisation: object) -> tuple[InteractionEvent, ...]:
    return ()


def lying(*names: str, text: str = "x") -> InteractionEvent:
    """Return a message with files that lie at the vendor."""
    files = tuple(Attachment(name=f"{n}.png", at=f"t:{n}", state="at the vendor") for n in names)
    return message("1", [customer(telegram(1))], text, attachments=files)


def brought(event: InteractionEvent) -> tuple[Delivery, Reading]:
    read = reading(event)
    return read.delivery, read


def worker(
    vendor: Vendor, errands: Errands, publisher: Publisher, blobs: Blobs, holder: str = "a", **more: Any
) -> MediaWorker:
    fetching = Fetching(publisher, blobs, Guard())
    place = Place("telegram", vendor.locate, Settings(), more.pop("largest", 1_000_000))
    return MediaWorker({"shop-bot": place}, errands, fetching, holder, Desk(errands), **more)


@asynccontextmanager
async def at_work(*runs: Any) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(one.run()) for one in runs]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def until(holds: Callable[[], bool], seconds: float = 10) -> None:
    """Return once it holds."""
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.01)
