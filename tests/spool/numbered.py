"""Numbered readings, buses that fail in their own ways, and a spooled publisher that does not wait long."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from making import delivery
from parts.loopback import wait_until
from peyvand.delivery import Delivery
from peyvand.errors import Unavailable
from peyvand.publish import Publisher, Reading
from peyvand.spool import SpooledPublisher
from peyvand.spool.pause import Pause
from peyvand.testing import MemoryPublisher

SOON = Pause(0.001, 0.01)
# Longer than any test: what happens meanwhile is not the drain's doing.
LATE = Pause(1000, 1000)


def reading(number: int, body: bytes = b"") -> Reading:
    made = delivery(str(number))
    return Reading(
        Delivery(made.id, made.connector, made.channel, made.received_at, body, url=str(number)), skipped="no"
    )


def numbers(readings: Sequence[Reading]) -> list[int]:
    return [int(r.delivery.url) for r in readings]


def spooled(bus: Publisher, folder: Path, pause: Pause = SOON) -> SpooledPublisher:
    return SpooledPublisher(bus, folder, pause=pause)


async def until(happened: Callable[[], bool], what: str) -> None:
    await asyncio.to_thread(wait_until, happened, what)


async def is_empty(publisher: SpooledPublisher) -> None:
    await until(lambda: publisher.left() == 0, "the spool getting empty")


@dataclass
class Bus(MemoryPublisher):
    """A bus that counts who asks, waits at a gate, and cannot bear some readings."""

    asked: int = 0
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    unbearable: Callable[[Reading], bool] = lambda _: False

    def __post_init__(self) -> None:
        self.gate.set()

    async def publish(self, readings: Sequence[Reading]) -> None:
        self.asked += 1
        await self.gate.wait()
        if self.away:
            raise Unavailable("the bus is away")
        if any(map(self.unbearable, readings)):
            raise ValueError
        await super().publish(readings)
