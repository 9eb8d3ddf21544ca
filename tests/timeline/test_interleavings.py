"""Two workers on PostgreSQL, stepped through by barriers: whoever goes first at any step, one store comes out.

Each worker's transaction has five steps: insert, lock, save, resolve, commit. A schedule says whose turn it is; a
worker that waits for a lock of the other's loses its turn and goes on when it is given the lock.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import Any, TypeVar
from uuid import UUID

import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.util import await_only

from making import ORGANISATION, address, customer, delivery, message, mobile, reading, telegram
from peyvand.event import Change, InteractionEvent
from peyvand.publish import Reading, Receipt
from timeline.folds.interaction import Interaction
from timeline.ports import Inserted, Transaction
from timeline.record import record_parts
from timeline.store import Database, SqlStore, open_database, rebuild
from timeline.store.contents import unpacked
from timeline.store.tables import metadata
from timeline.store.writing import SqlTransaction

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]

T = TypeVar("T")
STEPS = 5
# Numbers and ids that say in which order rows came, which two workers may settle either way.
UNORDERED = {"seq", "txid", "rowid"}
APART = ("change", "change_log")  # the feed and the history tell of the way, and not only of where it ended

Schedule = tuple[int, ...]


def schedules() -> list[Schedule]:
    """Return every order of two workers' steps, those that change hands most often first."""
    chosen = combinations(range(2 * STEPS), STEPS)
    every = [tuple(0 if n in mine else 1 for n in range(2 * STEPS)) for mine in map(set, chosen)]
    return sorted(every, key=lambda s: (-sum(a != b for a, b in pairwise(s)), s))


ALL = schedules()
TEN = ALL[:10] if "PEYVAND_ALL_INTERLEAVINGS" not in os.environ else ALL


@dataclass
class Pace:
    """One worker's turns: it stops before each step until it is given one."""

    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    backend: int = 0
    waiting: bool = False
    ended: bool = False

    def step(self, connection: Connection) -> None:
        if not self.backend:
            self.backend = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        self.waiting = self.turns.locked()
        await_only(self.turns.acquire())
        self.waiting = False


class Paced(SqlTransaction):
    """A transaction that takes its steps when it is told to."""

    pace: Pace

    def insert(self, receipts: Sequence[Receipt], events: Sequence[InteractionEvent]) -> Inserted:
        self.pace.step(self.connection)
        return super().insert(receipts, events)

    def locked_events(self, interactions: Collection[UUID]) -> Mapping[UUID, Sequence[InteractionEvent]]:
        self.pace.step(self.connection)
        return super().locked_events(interactions)

    def save(self, interactions: Sequence[Interaction]) -> None:
        self.pace.step(self.connection)
        super().save(interactions)

    def resolve(self, added: Sequence[InteractionEvent], removed: Sequence[InteractionEvent]) -> None:
        self.pace.step(self.connection)
        super().resolve(added, removed)
        self.pace.step(self.connection)  # what follows is the commit


class PacedStore(SqlStore):
    """A store whose transactions are paced."""

    def __init__(self, database: Database, pace: Pace) -> None:
        super().__init__(database, ORGANISATION.id)
        self.pace = pace

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        def paced(connection: Connection) -> T:
            transaction = Paced(connection, self.organisation, self.rules)
            transaction.pace = self.pace
            return work(transaction)

        return await self.database.write(paced)


# Where both are given one and the same event, the second waits for the first already when it inserts; where they are
# not, both have inserted when they come to lock the interactions that they share.
STORIES = {"with events of both": True, "with interactions of both": False}


def story(same_events: bool) -> tuple[list[Reading], tuple[list[Reading], list[Reading]]]:
    """Return what has happened before, and what each of two workers is given of what happens now."""
    maryam, reza = telegram(5), telegram(6)
    known = [
        reading(message("1", [customer(maryam, name="Maryam")], "one")),
        reading(message("9", [customer(mobile("09121112233"), name="R")], "nine", 9)),
        reading(was := message("6", [customer(reza)], "six", 11)),
    ]
    elsewhere = message("7", [customer(reza)], "six", 11, delivery=delivery("moved")).interaction_id
    moved = message("6", [customer(reza)], "six", 11, delivery=delivery("moved"), source_revision=2)
    assert moved.event_id == was.event_id
    edit = message("1", [customer(maryam)], "one, edited", 1, change=Change.EDITED, order="01")
    again = message("1", [customer(maryam)], "one, edited", 1, change=Change.EDITED, order="01",
                    delivery=delivery("again", minutes=2))  # fmt: skip
    first = [
        reading(edit),
        reading(message("2", [customer(maryam, mobile("09121112233"), name="Maryam A")], "two", 3)),
        reading(message("3", [customer(reza)], "three", 5)),
        reading(message("5", [customer(maryam)], "five", 7)),
        reading(moved.model_copy(update={"interaction_id": elsewhere})),  # and "6" has no event left
    ]
    second = [
        reading(message("6", [customer(reza)], "six, edited", 12, change=Change.EDITED, order="01")),
        reading(message("1", [customer(maryam)], "one, deleted", 4, change=Change.DELETED, order="02")),
        reading(message("4", [customer(mobile("09121112233"), address("m@x.ir"))], "four", 2)),
        reading(message("3", [customer(reza, address("m@x.ir"))], "three!", 6, change=Change.EDITED, order="01")),
    ]
    if same_events:
        second += [reading(again), reading(message("5", [customer(maryam)], "five", 7))]
    return known, (first, second)


@pytest.fixture
async def databases(postgres_url: str) -> AsyncIterator[tuple[Database, Database]]:
    """Give one database, opened by each of two workers."""
    opened = await open_database(postgres_url), await open_database(postgres_url)
    yield opened
    for database in opened:
        await database.close()


@pytest.mark.parametrize("same_events", STORIES.values(), ids=list(STORIES))
async def test_the_interleavings_of_two_workers_all_make_one_store(
    databases: tuple[Database, Database], same_events: bool
) -> None:
    known, (first, second) = story(same_events)
    alone = SqlStore(databases[0], ORGANISATION.id)
    for batch in (known, first, second):
        await take(alone, batch)
    expected = await standing(databases[0])
    for schedule in TEN:
        await emptied(databases[0])
        await take(alone, known)
        await interleaved(databases, (first, second), schedule)
        assert await standing(databases[0]) == expected, schedule
        assert [step.mended async for step in rebuild(alone)][-1] == 0, schedule


@pytest.mark.parametrize("same_events", STORIES.values(), ids=list(STORIES))
async def test_parts_shared_out_crosswise_are_settled_whoever_goes_first(
    databases: tuple[Database, Database], same_events: bool
) -> None:
    known, batches = story(same_events)
    alone = SqlStore(databases[0], ORGANISATION.id)
    for batch in (known, *batches):
        await take(alone, batch)
    expected = await standing(databases[0])
    receipts = [[r.receipt for r in batch] for batch in batches]
    events = [[e for r in batch for e in r.events] for batch in batches]
    for schedule in TEN:
        await emptied(databases[0])
        await take(alone, known)
        paces = (Pace(), Pace())
        stores = [PacedStore(database, pace) for database, pace in zip(databases, paces, strict=True)]
        works = [record_parts(receipts[1 - n], events[n], stores[n]) for n in (0, 1)]  # each has the other's receipts
        await stepped(databases[0], paces, works, schedule)
        assert await standing(databases[0]) == expected, schedule


async def take(store: SqlStore, readings: Sequence[Reading]) -> None:
    await record_parts([r.receipt for r in readings], [e for r in readings for e in r.events], store)


async def interleaved(
    databases: tuple[Database, Database], batches: Sequence[Sequence[Reading]], schedule: Schedule
) -> None:
    paces = (Pace(), Pace())
    stores = [PacedStore(database, pace) for database, pace in zip(databases, paces, strict=True)]
    await stepped(databases[0], paces, [take(s, b) for s, b in zip(stores, batches, strict=True)], schedule)


async def stepped(monitor: Database, paces: Sequence[Pace], works: Sequence[Any], schedule: Schedule) -> None:
    """Give out turns; a deadlock would be an error here, and is promised not to happen."""

    async def to_its_end(pace: Pace, work: Any) -> None:
        try:
            await work
        finally:
            pace.ended = True

    tasks = [asyncio.create_task(to_its_end(p, w)) for p, w in zip(paces, works, strict=True)]
    try:
        async with asyncio.timeout(60):
            for turn in schedule:
                paces[turn].turns.release()
                await asyncio.sleep(0)
                while not (await _stands(monitor, paces[turn])):
                    await asyncio.sleep(0.002)
            for pace in paces:  # the turns that were lost while waiting
                for _ in range(STEPS):
                    pace.turns.release()
            await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _stands(monitor: Database, pace: Pace) -> bool:
    """Return whether a worker waits for its next turn, has ended, or waits for a lock of the other's."""
    if pace.ended or (pace.waiting and pace.turns.locked()):
        return True
    asked = text("SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = :pid")
    return bool(await monitor.read(lambda c: c.execute(asked, {"pid": pace.backend}).scalar()))


async def emptied(database: Database) -> None:
    tables = ", ".join(t.name for t in metadata.sorted_tables)
    await database.write(lambda c: c.execute(text(f"TRUNCATE {tables}, interaction_words RESTART IDENTITY")))


async def standing(database: Database) -> dict[str, list[str]]:
    """Return every row of every table but for the feed and the history, without what depends on the order."""

    def work(connection: Connection) -> dict[str, list[str]]:
        found = {}
        for t in metadata.sorted_tables:
            if t.name not in APART:
                rows = connection.execute(select(*(c for c in t.c if c.name not in UNORDERED))).all()
                found[t.name] = sorted(str([unpacked(v) if isinstance(v, bytes) else v for v in row]) for row in rows)
        return found

    return await database.read(work)
