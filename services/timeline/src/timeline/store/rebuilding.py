"""Deriving everything again from the record, in place and in steps, under the locks that live traffic takes.

What is derived is compared and mended, so a rebuild of a sound store writes nothing, may be interrupted at any moment,
and ends with the difference that it made.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, Table, delete, func, insert, select, text

from peyvand.event import InteractionEvent
from peyvand.identity.rules import Rules
from timeline.folds.identity import derive, evidence_of
from timeline.folds.interaction import fold
from timeline.ports import Progress
from timeline.store.cards import mend_cards
from timeline.store.connections import take_time
from timeline.store.contents import interaction_from
from timeline.store.mending import mend_evidence
from timeline.store.moves import moves_of
from timeline.store.neighbourhood import Known, KnownLink
from timeline.store.record import HandleKey, all_evidence, all_verdicts
from timeline.store.saving import Held, events_of, lock_interactions, participation_rows, searchable
from timeline.store.saving import remove_interactions as remove
from timeline.store.saving import save_interactions as save
from timeline.store.statements import chunks, table
from timeline.store.tables import (
    EventRow,
    EvidenceRow,
    HandleNameRow,
    HandleRow,
    InteractionRow,
    LinkRow,
    ParticipationRow,
)
from timeline.store.writing import SqlStore
from timeline.store.written import handle_row, link_row, name_rows

EVENT, EVIDENCE, INTERACTION = table(EventRow), table(EvidenceRow), table(InteractionRow)
PARTICIPATION, HANDLE, LINK, NAME = table(ParticipationRow), table(HandleRow), table(LinkRow), table(HandleNameRow)
STEP = 200
_FIRST = UUID(int=0)


async def rebuild(store: SqlStore) -> AsyncIterator[Progress]:
    """Derive everything again; yields after each step how far it is and how many rows it has mended."""
    mended, keys = 0, dict[UUID, HandleKey]()
    total = await store.database.read(_count)
    after, done = _FIRST, 0
    while step := await store.database.write(lambda c, after=after: _mend_step(c, store.organisation, after, keys)):  # type: ignore[misc]
        after, done, mended = step.last, done + step.size, mended + step.mended
        yield Progress("interactions", done, max(done, total), mended)
    mended += await store.database.write(lambda c: mend_cards(c, store.organisation, keys))
    mended += await store.alone(lambda c: _Identity(c, store.organisation, store.rules, keys).mend())
    yield Progress("customers", 1, 1, mended)
    await store.database.write(_index_again)
    yield Progress("words", 1, 1, mended)


def _count(connection: Connection) -> int:
    take_time(connection)
    found: int = connection.execute(select(func.count()).select_from(INTERACTION)).scalar_one()
    return found


@dataclass(frozen=True, slots=True)
class _Step:
    """Some interactions, in the order of their ids, looked through in one transaction."""

    last: UUID
    size: int
    mended: int


def _mend_step(connection: Connection, organisation: UUID, after: UUID, keys: dict[UUID, HandleKey]) -> _Step | None:
    ids = _next_ids(connection, after)
    return _Step(ids[-1], len(ids), _mend_interactions(connection, organisation, ids, keys)) if ids else None


def _next_ids(connection: Connection, after: UUID) -> list[UUID]:
    """Return the next interactions, in the order of their ids, that are stored or have events."""
    stored = select(INTERACTION.c.id.label("id")).where(INTERACTION.c.id > after)
    told = select(EVENT.c.interaction_id.label("id")).where(EVENT.c.interaction_id > after)
    every = (
        stored.order_by("id")
        .limit(STEP)
        .subquery()
        .select()
        .union(told.distinct().order_by("id").limit(STEP).subquery().select())
    )
    ids = (connection.execute(every)).scalars()
    return sorted(ids)[:STEP]


def _mend_interactions(
    connection: Connection, organisation: UUID, ids: Sequence[UUID], keys: dict[UUID, HandleKey]
) -> int:
    held = lock_interactions(connection, ids)
    _drop_orphans(connection, [i for i, row in held.items() if row.content is None])
    events = events_of(connection, ids)
    said = {e.event_id: evidence_of(organisation, e) for found in events.values() for e in found}
    mended = mend_evidence(connection, said, keys)
    mended += save(connection, organisation, held, [fold(found) for found in events.values() if found])
    mended += remove(connection, organisation, held, [i for i, found in events.items() if not found])
    return mended + _mend_participations(connection, organisation, held, events)


def _drop_orphans(connection: Connection, ids: Sequence[UUID]) -> None:
    """Remove the participations of interactions that were not there: saving them adds theirs."""
    for part in chunks(ids):
        connection.execute(delete(PARTICIPATION).where(PARTICIPATION.c.interaction_id.in_(part)))


def _mend_participations(
    connection: Connection,
    organisation: UUID,
    held: Mapping[UUID, Held],
    events: Mapping[UUID, Sequence[InteractionEvent]],
) -> int:
    """Compare who takes part with what the interactions say."""
    moved = moves_of(connection, held)
    wanted = {i: participation_rows(organisation, fold(events[i]) if events[i] else None, moved.get(i)) for i in held}
    stored: dict[UUID, list[dict[str, object]]] = {i: [] for i in held}
    for part in chunks(held):
        rows = connection.execute(select(PARTICIPATION).where(PARTICIPATION.c.interaction_id.in_(part)))
        for row in rows.mappings():
            stored[row["interaction_id"]].append(dict(row))
    wrong = [i for i in held if sorted(wanted[i], key=_handle) != sorted(stored[i], key=_handle)]
    for part in chunks(wrong):
        connection.execute(delete(PARTICIPATION).where(PARTICIPATION.c.interaction_id.in_(part)))
    for new in chunks([row for i in wrong for row in wanted[i]]):
        connection.execute(insert(PARTICIPATION), new)
    return len(wrong)


def _handle(row: Mapping[str, object]) -> str:
    return str(row["handle_id"])


@dataclass(slots=True)
class _Identity:
    """Handles, links, names and customers computed at once from the whole record, under the lock on identity."""

    connection: Connection
    organisation: UUID
    rules: Rules
    keys: dict[UUID, HandleKey]

    def mend(self) -> int:
        take_time(self.connection)
        derived = derive(
            self.organisation, all_evidence(self.connection, self.keys), all_verdicts(self.connection), self.rules
        )
        handles = [Known(s.seen, s.shared, s.component, s.customer) for s in derived.handles.values()]
        links = {p: KnownLink(link, derived.refused.get(p)) for p, link in derived.links.items()}
        mended = self._mend_table(HANDLE, ("id",), [handle_row(self.organisation, known) for known in handles])
        mended += self._mend_table(LINK, ("a", "b"), [link_row(pair, link) for pair, link in links.items()])
        return mended + self._mend_table(NAME, ("handle_id", "name", "via"), name_rows(derived.names))

    def _mend_table(self, where: Table, key: Sequence[str], wanted: Sequence[dict[str, object]]) -> int:
        """Make a table hold the wanted rows; return how many were wrong, missing or too many."""
        stored = {tuple(row[k] for k in key): dict(row) for row in (self.connection.execute(select(where))).mappings()}
        right = {tuple(row[k] for k in key): row for row in wanted}
        stale = [k for k, row in stored.items() if right.get(k) != row]
        missing = [row for k, row in right.items() if stored.get(k) != row]
        for values in stale:
            self.connection.execute(delete(where).where(*(where.c[k] == v for k, v in zip(key, values, strict=True))))
        for part in chunks(missing):
            self.connection.execute(insert(where), part)
        return len({*stale, *(tuple(row[k] for k in key) for row in missing)})


def _index_again(connection: Connection) -> None:
    """Fill the index of words anew; it cannot be read back, so it cannot be compared."""
    take_time(connection)
    sqlite = connection.dialect.name == "sqlite"
    if not sqlite:  # who records meanwhile waits with its words, and finds them missing
        connection.execute(text("LOCK TABLE interaction_words IN SHARE ROW EXCLUSIVE MODE"))
    connection.execute(
        text(
            "INSERT INTO interaction_words(interaction_words) VALUES ('delete-all')"
            if sqlite
            else "DELETE FROM interaction_words"
        )
    )
    words = ":words" if sqlite else "to_tsvector('simple', :words)"
    statement = text(f"INSERT INTO interaction_words(rowid, words) VALUES (:seq, {words})")  # noqa: S608 - no input
    after = 0
    while True:
        step = select(INTERACTION.c.seq, INTERACTION.c.content).where(INTERACTION.c.seq > after)
        rows = list(connection.execute(step.order_by(INTERACTION.c.seq).limit(STEP)))
        if not rows:
            return
        found = [{"seq": seq, "words": searchable(interaction_from(content))} for seq, content in rows]
        if full := [row for row in found if row["words"]]:
            connection.execute(statement, full)
        after = rows[-1].seq
