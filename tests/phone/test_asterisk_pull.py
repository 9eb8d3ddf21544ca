"""The connector at work on a real file: nothing lost, nothing twice, whenever it is stopped."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ingest_phone.channels.asterisk import SOURCE, fetch
from peyvand.cursors import Cursor, Lease
from peyvand.errors import Unavailable
from peyvand.publish import Reading
from peyvand.pull import BackOff, Pull
from peyvand.testing import MemoryBlobs, MemoryCursors, MemoryPublisher
from phone.cdr_rows import ORGANISATION, configured
from phone.following import CdrFile, row, rows


@dataclass
class Kept:
    """What outlives the process: what was published, and the cursor."""

    cdr: CdrFile
    publisher: MemoryPublisher = field(default_factory=MemoryPublisher)
    cursors: MemoryCursors = field(default_factory=MemoryCursors)

    @property
    def bodies(self) -> list[bytes]:
        return [r.delivery.body for r in self.publisher.readings]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        pull = Pull(
            "pbx",
            SOURCE,
            configured(cdr=str(self.cdr.path), poll_seconds=0.005),
            ORGANISATION,
            self.publisher,
            self.cursors,
            MemoryBlobs(),
            "here",
            back_off=BackOff(first=0.005, most=0.01),
        )
        task = asyncio.create_task(pull.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])

    async def until(self, number: int) -> None:
        """Wait until so many deliveries are published."""
        async with asyncio.timeout(20):
            while len(self.publisher.readings) < number:
                await asyncio.sleep(0.002)

    async def until_said(self) -> str:
        async with asyncio.timeout(20):
            while "pbx" not in self.cursors.errors:
                await asyncio.sleep(0.002)
        return self.cursors.errors["pbx"]


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(CdrFile(tmp_path / "Master.csv"))


async def test_a_row_is_published_soon_after_it_is_written(kept: Kept) -> None:
    kept.cdr.append_rows(1, 2)
    async with kept.running():
        await kept.until(2)
        kept.cdr.append_rows(3, 3)
        await kept.until(3)
    assert kept.bodies == rows(1, 3)
    assert len(kept.publisher.events) == 3


async def test_a_file_that_comes_late_is_waited_for_and_the_waiting_is_said(kept: Kept) -> None:
    async with kept.running():
        assert await kept.until_said() == f"{kept.cdr.path} is not there; is the path right?"
        kept.cdr.append_rows(1, 1)
        await kept.until(1)
    assert kept.bodies == rows(1, 1)
    assert kept.cursors.errors == {}


async def test_a_bad_row_is_kept_and_stops_none_behind_it(kept: Kept) -> None:
    torn = row(2)[:97] + b"\n"
    kept.cdr.append(row(1), torn, row(3), b'"no","row"\n', row(4))
    async with kept.running():
        await kept.until(5)
    assert [r.kept is None for r in kept.publisher.readings] == [True, False, True, False, True]
    assert len(kept.publisher.events) == 3


async def test_stopped_and_started_again_it_repeats_and_loses_nothing(kept: Kept) -> None:
    kept.cdr.append_rows(1, 1200)
    async with kept.running():
        await kept.until(500)
    kept.cdr.rename()
    kept.cdr.append_rows(1201, 1300)
    async with kept.running():
        await kept.until(1300)
    assert kept.bodies == rows(1, 1300)


@dataclass
class DiesBeforeItSaves(MemoryCursors):
    """The process ends after the rows are published and before the cursor is."""

    async def save(self, lease: Lease, cursor: Cursor) -> None:
        raise Unavailable("killed")


async def test_killed_between_publishing_and_saving_it_gives_the_same_ids_again(kept: Kept) -> None:
    kept.cdr.append_rows(1, 3)
    kept.cursors = DiesBeforeItSaves()
    async with kept.running():
        await kept.until_said()
    kept.cursors = MemoryCursors()
    before = len(kept.publisher.readings)
    async with kept.running():
        await kept.until(before + 3)
    assert before >= 3
    assert len({r.delivery.id for r in kept.publisher.readings}) == 3
    assert len({e.event_id for e in kept.publisher.events}) == 3


@dataclass
class AwayOnce(MemoryPublisher):
    """The bus refuses the first batch."""

    refused: int = 0

    async def publish(self, readings: Sequence[Reading]) -> None:
        if not self.refused:
            self.refused += 1
            raise Unavailable("the bus is away")
        await super().publish(readings)


async def test_rows_that_could_not_be_published_come_again(kept: Kept) -> None:
    kept.publisher = AwayOnce()
    kept.cdr.append_rows(1, 3)
    async with kept.running():
        await kept.until(3)
    assert kept.bodies == rows(1, 3)


async def first_batches(number: int, **settings: Any) -> list[Any]:
    batches = fetch(configured(poll_seconds=0.001, **settings), None)
    return [await anext(batches) for _ in range(number)]


async def test_each_look_is_evidence_of_life(kept: Kept) -> None:
    kept.cdr.append_rows(1, 1)
    batches = await first_batches(4, cdr=str(kept.cdr.path))
    assert [len(b.arrivals) for b in batches] == [1, 0, 0, 0]
    assert batches[0].cursor == batches[-1].cursor


async def test_a_row_read_from_the_rotated_file_has_the_address_it_had(kept: Kept, tmp_path: Path) -> None:
    kept.cdr.append_rows(1, 2)
    (before, *_) = await first_batches(1, cdr=str(kept.cdr.path))
    elsewhere = tmp_path / "again"
    elsewhere.mkdir()
    kept.cdr.path.rename(kept.cdr.path.with_name("Master.csv.1"))
    (elsewhere / "Master.csv").write_bytes(row(1) + row(2))
    (after, *_) = await first_batches(1, cdr=str(elsewhere / "Master.csv"))
    fragments = [[a.url.partition("#")[2] for a in batch.arrivals] for batch in (before, after)]
    assert fragments[0] == fragments[1]
    assert before.arrivals[0].url.startswith(kept.cdr.path.as_uri())


async def test_another_row_at_the_same_place_has_another_address(kept: Kept) -> None:
    kept.cdr.append(row(1), row(2))
    (before, *_) = await first_batches(1, cdr=str(kept.cdr.path))
    kept.cdr.truncate()
    kept.cdr.append(row(1), row(3))
    (after, *_) = await first_batches(1, cdr=str(kept.cdr.path))
    assert [a.url == b.url for a, b in zip(before.arrivals, after.arrivals, strict=True)] == [True, False]


async def test_a_folder_in_place_of_a_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="is a folder; name the file in it"):
        await first_batches(1, cdr=str(tmp_path))
