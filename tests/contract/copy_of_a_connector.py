"""A process that a test starts and pauses: one copy of a connector, or ten that race for its lease.

Usage: python copy_of_a_connector.py polls|races URL HOLDER LOG
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import uvloop
from pydantic import BaseModel

from peyvand.cursors import Cursor, Lease, Nature
from peyvand.delivery import Delivery
from peyvand.errors import Skipped
from peyvand.event import InteractionEvent
from peyvand.identity import Organisation
from peyvand.leases import PostgresCursors
from peyvand.publish import Reading
from peyvand.pull import Pull
from peyvand.source import Arrival, Batch, PullSource
from peyvand.testing import MemoryBlobs

LEASE_SECONDS = 1.0
NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Settings(BaseModel):
    pass


@dataclass(frozen=True, slots=True)
class Diary:
    """One file into which all copies write; a line is appended as a whole, so its lines are in the order of time."""

    path: Path
    holder: str

    def note(self, what: str, number: int) -> None:
        with self.path.open("a") as file:
            file.write(f"{self.holder} {what} {number}\n")

    async def fetch(self, _settings: Settings, cursor: Cursor | None) -> AsyncIterator[Batch]:
        """Answer each poll with one arrival, after a moment as over a network."""
        at = cursor["at"] if cursor else 0
        while True:
            self.note("polls", at)
            await asyncio.sleep(0.02)
            at += 1
            yield Batch((Arrival(b"", NOW, f"diary://{at}"),), {"at": at})

    async def publish(self, readings: Sequence[Reading]) -> None:
        """Take what was read."""
        self.note("publishes", len(readings))


@dataclass(frozen=True, slots=True)
class Told:
    """Cursors that write into the diary what was saved."""

    cursors: PostgresCursors
    diary: Diary

    async def acquire(self, connector: str, holder: str, seconds: float) -> Lease | None:
        lease = await self.cursors.acquire(connector, holder, seconds)
        if lease is not None:
            self.diary.note("holds", lease.fence)
        return lease

    async def renew(self, lease: Lease, seconds: float) -> None:
        await self.cursors.renew(lease, seconds)

    async def release(self, lease: Lease) -> None:
        self.diary.note("releases", lease.fence)
        await self.cursors.release(lease)

    async def load(self, lease: Lease) -> Cursor | None:
        return await self.cursors.load(lease)

    async def save(self, lease: Lease, cursor: Cursor) -> None:
        await self.cursors.save(lease, cursor)
        self.diary.note("saves", cursor["at"])

    async def polled(self, connector: str, at: datetime) -> None:
        await self.cursors.polled(connector, at)

    async def failed(self, connector: str, at: datetime, why: str) -> None:
        await self.cursors.failed(connector, at, why)

    async def answered(self, connector: str) -> datetime | None:
        return await self.cursors.answered(connector)

    async def described(self, connector: str, nature: Nature) -> None:
        await self.cursors.described(connector, nature)


def normalise(_delivery: Delivery, _settings: Settings, _organisation: Organisation) -> list[InteractionEvent]:
    raise Skipped("a poll is all that matters here")


async def polls(cursors: Told, holder: str, diary: Diary) -> None:
    source = PullSource(name="diary", settings=Settings, fetch=diary.fetch, normalise=normalise)
    pull = Pull(
        "box", source, Settings(), Organisation(), diary, cursors, MemoryBlobs(), holder, lease_seconds=LEASE_SECONDS
    )
    await pull.run()


async def races(cursors: Told, holder: str, _diary: Diary) -> None:
    """Hold the lease ten times for each of ten holders."""

    async def race(name: str) -> None:
        for _ in range(10):
            while (lease := await cursors.acquire("box", name, 30)) is None:
                await asyncio.sleep(0.001)
            await cursors.save(lease, {"at": lease.fence})
            await cursors.release(lease)

    await asyncio.gather(*(race(f"{holder}-{n}") for n in range(10)))


async def main(what: str, url: str, holder: str, log: str) -> None:
    diary = Diary(Path(log), holder)
    async with PostgresCursors(url).running() as cursors:
        await {"polls": polls, "races": races}[what](Told(cursors, diary), holder, diary)


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
