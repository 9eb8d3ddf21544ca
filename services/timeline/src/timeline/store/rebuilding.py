"""Deriving everything again from the record, in place and in steps, under the locks that live traffic takes.

What is derived is compared and mended, so a rebuild of a sound store writes nothing, may be interrupted at any moment,
and ends with the difference that it made. ADR 26 says why what goes on between the steps spoils nothing.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Table, func, select

from timeline.ports import Progress
from timeline.store.cards import mend_cards, next_cards
from timeline.store.connections import take_time
from timeline.store.derived_with import begin_mending, end_mending
from timeline.store.indexing import index_again
from timeline.store.refolding import mend_interactions, next_interactions
from timeline.store.sightings import mend_handles
from timeline.store.standings import mates, mend_customers
from timeline.store.statements import table
from timeline.store.tables import CardRow, EvidenceRow, HandleNameRow, HandleRow, InteractionRow, LinkRow
from timeline.store.visited import AT_A_TIME, Visited
from timeline.store.writing import SqlStore

INTERACTION, CARD, HANDLE = table(InteractionRow), table(CardRow), table(HandleRow)
# Where a handle may be named, whether or not it has a row of its own.
NAMED: tuple[ColumnElement[UUID], ...] = (
    HANDLE.c.id,
    table(EvidenceRow).c.handle_id,
    table(LinkRow).c.a,
    table(HandleNameRow).c.handle_id,
)

FIRST = UUID(int=0)


@dataclass(frozen=True, slots=True)
class _Step:
    """How many were looked through in one transaction, and how many rows were wrong."""

    size: int
    mended: int


Work = Callable[[Connection], _Step | None]


@dataclass(frozen=True, slots=True)
class _Stage:
    """Some of what is derived: what is counted for it, in which transactions it is seen to, and how, until None."""

    name: str
    counted: Table
    transact: Callable[[Work], Awaitable[_Step | None]]
    work: Work


async def rebuild(store: SqlStore, at_a_time: int = AT_A_TIME) -> AsyncIterator[Progress]:
    """Derive everything again, so many handles at a time; yields how far it is and how many rows it has mended."""
    await store.alone(lambda connection: begin_mending(connection, store.rules))
    mended = 0
    for stage in _stages(store, at_a_time):
        done, total = 0, await store.database.read(lambda connection, stage=stage: _count(connection, stage.counted))  # type: ignore[misc]
        while step := await stage.transact(stage.work):
            done, mended = done + step.size, mended + step.mended
            yield Progress(stage.name, done, max(done, total), mended)
    await store.alone(end_mending)
    await store.database.write(index_again)
    yield Progress("words", 1, 1, mended)


def _stages(store: SqlStore, at_a_time: int) -> Sequence[_Stage]:
    """Return the stages in their order: each rests on what those before it have mended."""
    write: Callable[[Work], Awaitable[_Step | None]] = store.database.write
    return (
        _Stage("interactions", INTERACTION, write, _Interactions(store.organisation)),
        _Stage("cards", CARD, write, _Cards(store.organisation)),
        _Stage("handles", HANDLE, store.alone, _Handles(store, Visited(at_a_time))),
        _Stage("customers", HANDLE, store.alone, _Customers(store, Visited(at_a_time))),
    )


def _count(connection: Connection, counted: Table) -> int:
    take_time(connection)
    found: int = connection.execute(select(func.count()).select_from(counted)).scalar_one()
    return found


@dataclass(slots=True)
class _Interactions:
    organisation: UUID
    after: UUID = FIRST

    def __call__(self, connection: Connection) -> _Step | None:
        if not (ids := next_interactions(connection, self.after)):
            return None
        mended = mend_interactions(connection, self.organisation, ids)
        self.after = ids[-1]
        return _Step(len(ids), mended)


@dataclass(slots=True)
class _Cards:
    organisation: UUID
    after: UUID = FIRST

    def __call__(self, connection: Connection) -> _Step | None:
        if not (cards := next_cards(connection, self.after)):
            return None
        mended = mend_cards(connection, self.organisation, cards)
        self.after = max(cards)
        return _Step(len(cards), mended)


@dataclass(slots=True)
class _Handles:
    """What is said of handles themselves, those of a component together, as they were seen together."""

    store: SqlStore
    visited: Visited

    def __call__(self, connection: Connection) -> _Step | None:
        take_time(connection)
        if (coming := self.visited.coming(connection, *NAMED)) is None:
            return None
        ids = [i for i in mates(connection, coming) if i not in self.visited]
        mended = mend_handles(connection, self.store.organisation, self.store.rules, ids)
        self.visited.add(ids)
        return _Step(len(ids), mended)


@dataclass(slots=True)
class _Customers:
    """Whose handles are, component by component."""

    store: SqlStore
    visited: Visited

    def __call__(self, connection: Connection) -> _Step | None:
        take_time(connection)
        if (coming := self.visited.coming(connection, HANDLE.c.id)) is None:
            return None
        seen, mended = mend_customers(connection, self.store.organisation, self.store.rules, coming)
        before = self.visited.count
        self.visited.add(seen)
        return _Step(self.visited.count - before, mended)
