"""A source that acknowledges nothing is read ahead of what is stored; its cursor waits all the same."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from pydantic import BaseModel

from peyvand.ahead import one_ahead
from peyvand.cursors import Cursor
from peyvand.delivery import Delivery
from peyvand.event import Direction, InteractionEvent, Kind, event
from peyvand.identity import Organisation
from peyvand.publish import Reading
from peyvand.pull import Pull
from peyvand.source import Arrival, Batch, PullSource
from peyvand.testing import MemoryBlobs, MemoryCursors, MemoryPublisher

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Settings(BaseModel):
    pass


def normalise(delivery: Delivery, _settings: Settings, organisation: Organisation) -> list[InteractionEvent]:
    key = delivery.body.decode()
    return [event(delivery, organisation, key=key, kind=Kind.MESSAGE, direction=Direction.INBOUND, occurred_at=NOW)]


@dataclass
class Held(MemoryPublisher):
    """A bus that takes nothing until it is let go."""

    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    async def publish(self, readings: Sequence[Reading]) -> None:
        await self.let_go.wait()
        await super().publish(readings)


@dataclass
class Box:
    """A source of three lines, one a batch, and how many of them it was asked for."""

    asked: int = 0
    publisher: Held = field(default_factory=Held)
    cursors: MemoryCursors = field(default_factory=MemoryCursors)

    async def fetch(self, _settings: Settings, cursor: Cursor | None) -> AsyncIterator[Batch]:
        for at in range(cursor["at"] if cursor else 0, 3):
            self.asked = at + 1
            yield Batch((Arrival(b"%d" % at, NOW, f"box://{at}"),), {"at": at + 1})
        while True:
            yield Batch((), {"at": 3})
            await asyncio.sleep(0)

    async def until(self, condition: Callable[[], bool]) -> None:
        source = PullSource(name="box", settings=Settings, fetch=self.fetch, normalise=normalise, ahead=True)
        blobs = MemoryBlobs()
        pull = Pull("box", source, Settings(), Organisation(), self.publisher, self.cursors, blobs, "me")
        running = asyncio.create_task(pull.run())
        try:
            async with asyncio.timeout(5):
                while not condition():
                    await asyncio.sleep(0)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def test_the_next_batch_is_read_while_the_last_is_stored_and_the_cursor_waits() -> None:
    box = Box()
    await box.until(lambda: box.asked == 2)
    assert box.cursors.cursors == {}
    box.publisher.let_go.set()
    await box.until(lambda: box.cursors.cursors.get("box") == {"at": 3})
    assert [r.delivery.body for r in box.publisher.readings] == [b"0", b"1", b"2"]


async def test_what_was_read_ahead_of_a_bus_that_failed_is_read_again() -> None:
    box = Box()
    box.publisher.away = True
    box.publisher.let_go.set()
    await box.until(lambda: "box" in box.cursors.errors)
    assert box.cursors.cursors == {}
    box.publisher.away = False
    await box.until(lambda: box.cursors.cursors.get("box") == {"at": 3})
    assert [r.delivery.body for r in box.publisher.readings] == [b"0", b"1", b"2"]


async def counted(closed: list[bool]) -> AsyncGenerator[int, None]:
    try:
        yield 1
        yield 2
        raise ValueError("no more")
    finally:
        closed.append(True)


async def test_what_is_raised_ahead_is_raised_in_its_place() -> None:
    source = one_ahead(counted([]))
    assert await anext(source) == 1
    await asyncio.sleep(0)
    assert await anext(source) == 2
    with pytest.raises(ValueError, match="no more"):
        await anext(source)


async def test_a_source_is_closed_when_its_caller_leaves() -> None:
    closed: list[bool] = []
    source = one_ahead(counted(closed))
    assert await anext(source) == 1
    await source.aclose()
    assert closed == [True]
