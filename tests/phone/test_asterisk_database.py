"""The connector at work on a real CDR table: the calls that the file would tell, nothing lost, nothing twice."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from ingest_phone.channels.asterisk import SOURCE, TABLE
from ingest_phone.channels.asterisk.settings import Settings
from parts.mariadb import MariaDb, own_mariadb
from peyvand.event import InteractionEvent
from peyvand.pull import BackOff, Pull
from peyvand.testing import MemoryBlobs, MemoryCursors, MemoryPublisher
from phone.cdr_rows import EPOCH, ORGANISATION, leg
from phone.cdr_tables import CEL, FREEPBX, ISSABEL, System, call, in_mariadb, in_postgres

pytestmark = pytest.mark.real


@pytest.fixture(params=["mariadb", "postgres"])
def system(request: pytest.FixtureRequest) -> Iterator[System]:
    server = request.getfixturevalue(request.param)
    with in_mariadb(server) if isinstance(server, MariaDb) else in_postgres(server) as made:
        yield made


@pytest.fixture
def issabel(mariadb: MariaDb) -> Iterator[System]:
    with in_mariadb(mariadb) as made:
        made.make("cdr", ISSABEL)
        made.make("cel", CEL)
        made.grant("cdr")
        yield made


@dataclass
class Kept:
    """What outlives the process: what was published, and the cursor."""

    settings: Settings
    publisher: MemoryPublisher = field(default_factory=MemoryPublisher)
    cursors: MemoryCursors = field(default_factory=MemoryCursors)

    @property
    def events(self) -> list[InteractionEvent]:
        return list(self.publisher.events)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        pull = Pull(
            "pbx",
            TABLE,
            self.settings,
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

    async def until(self, number: int) -> list[InteractionEvent]:
        """Wait until so many deliveries are published."""
        async with asyncio.timeout(20):
            while len(self.publisher.readings) < number:
                await asyncio.sleep(0.002)
        return self.events

    async def until_troubled(self) -> None:
        async with asyncio.timeout(20):
            while "pbx" not in self.cursors.errors:
                await asyncio.sleep(0.002)


async def first(settings: Settings, sweeps: int = 1) -> list[int]:
    """Return how many rows each of the first batches brings."""
    found: list[int] = []
    async with aclosing(TABLE.fetch(settings, None)) as batches:  # type: ignore[type-var]  # a generator, by its port an iterator
        async for batch in batches:
            found.append(len(batch.arrivals))
            if len(found) == sweeps:
                break
    return found


async def test_a_row_of_the_table_is_the_leg_that_the_file_tells(system: System) -> None:
    system.make("cdr", FREEPBX)
    system.add("cdr", call())
    system.grant("cdr")
    kept = Kept(system.settings())
    async with kept.running():
        (told,) = await kept.until(1)
    of_file = leg()
    assert (told.event_id, told.interaction_id) == (of_file.event_id, of_file.interaction_id)
    assert (told.call, told.parties, told.occurred_at) == (of_file.call, of_file.parties, of_file.occurred_at)


async def test_a_long_call_that_ends_after_later_ones_is_not_missed(system: System) -> None:
    system.make("cdr", FREEPBX)
    system.grant("cdr")
    system.add("cdr", call(start="2026-10-03 14:00:00", uniqueid="2.1", linkedid="2.1"))
    kept = Kept(system.settings())
    async with kept.running():
        await kept.until(1)
        system.add("cdr", call(start="2026-10-03 10:00:00", uniqueid="1.1", linkedid="1.1"))
        await kept.until(2)
    assert len({event.interaction_id for event in kept.events}) == 2


async def test_what_was_read_is_read_once_and_a_restart_repeats_only_what_changes_nothing(system: System) -> None:
    system.make("cdr", FREEPBX)
    system.grant("cdr")
    system.add("cdr", call())
    assert await first(system.settings(), sweeps=3) == [1, 0, 0]
    kept = Kept(system.settings())
    async with kept.running():
        await kept.until(1)
    async with kept.running():
        await kept.until(2)
    assert len({event.event_id for event in kept.events}) == 1
    assert len({reading.delivery.id for reading in kept.publisher.readings}) == 1


async def test_a_call_from_the_future_does_not_hide_those_of_today(system: System) -> None:
    system.make("cdr", FREEPBX)
    system.grant("cdr")
    system.add("cdr", call(start="2037-01-01 00:00:00", uniqueid="9.1", linkedid="9.1"))
    kept = Kept(system.settings())
    async with kept.running():
        await kept.until(1)
        today = datetime.now().isoformat(sep=" ", timespec="seconds")  # noqa: DTZ005 - the table has local times
        system.add("cdr", call(start=today, uniqueid="2.1", linkedid="2.1"))
        await kept.until(2)


async def test_many_calls_of_one_second_are_all_read(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest_phone.channels.asterisk.table_fetch._PAGE", 2)
    system.make("cdr", FREEPBX)
    system.grant("cdr")
    for number in range(5):
        system.add("cdr", call(sequence=str(number), dstchannel=f"SIP/20{number}-1"))
    kept = Kept(system.settings())
    async with kept.running():
        await kept.until(5)
    assert len({event.event_id for event in kept.events}) == 5


async def test_the_legs_of_a_call_without_linkedid_are_told_together_by_the_channel_events(issabel: System) -> None:
    issabel.grant("cel")
    issabel.add("cdr", call())
    issabel.add("cdr", call(uniqueid=f"{EPOCH + 60}.415", dstchannel="SIP/202-1"))
    issabel.add("cel", {"id": "1", "uniqueid": f"{EPOCH + 60}.415", "linkedid": f"{EPOCH + 60}.415"})
    issabel.add("cel", {"id": "2", "uniqueid": f"{EPOCH + 60}.415", "linkedid": f"{EPOCH}.412"})
    kept = Kept(issabel.settings())
    async with kept.running():
        legs = await kept.until(2)
    assert {event.interaction_id for event in legs} == {leg().interaction_id}
    assert len({event.event_id for event in legs}) == 2


async def test_without_channel_events_the_rows_of_one_channel_are_one_call(issabel: System) -> None:
    for extension in ("201", "202"):
        issabel.add("cdr", call(dstchannel=f"SIP/{extension}-1"))
    kept = Kept(issabel.settings())
    async with kept.running():
        legs = await kept.until(2)
    assert {event.interaction_id for event in legs} == {leg(linkedid="", sequence="").interaction_id}
    assert len({event.event_id for event in legs}) == 2


async def test_a_persian_name_comes_whole(system: System) -> None:
    system.make("cdr", FREEPBX)
    system.grant("cdr")
    system.add("cdr", call(clid='"علی‌رضا محمدی" <09121112233>'))
    kept = Kept(system.settings())
    async with kept.running():
        (told,) = await kept.until(1)
    assert "علی‌رضا محمدی" in [party.name for party in told.parties]


async def test_a_server_that_went_away_is_read_on_when_it_is_back(mariadb: MariaDb) -> None:
    with own_mariadb() as server, in_mariadb(server) as system:
        system.make("cdr", FREEPBX)
        system.grant("cdr")
        system.add("cdr", call())
        kept = Kept(system.settings())
        async with kept.running():
            await kept.until(1)
            server.stop()
            await kept.until_troubled()
            server.start()
            system.add("cdr", call(uniqueid="2.1", linkedid="2.1"))
            await kept.until(2)
            async with asyncio.timeout(20):
                while len({event.interaction_id for event in kept.events}) < 2:
                    await asyncio.sleep(0.002)


def test_a_connector_reads_a_file_or_a_table(issabel: System) -> None:
    assert TABLE.serves(issabel.settings())
    assert not SOURCE.serves(issabel.settings())
