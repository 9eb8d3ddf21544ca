"""Folding every interaction again from its events, some at a time, and mending what differs."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import Connection, delete, insert, select

from timeline.folds.identity import evidence_of
from timeline.folds.interaction import Interaction, fold
from timeline.store.mending import mend_evidence
from timeline.store.mentions import mend_mentions
from timeline.store.moves import moves_of
from timeline.store.saving import events_of, lock_interactions, participation_rows
from timeline.store.saving import remove_interactions as remove
from timeline.store.saving import save_interactions as save
from timeline.store.statements import chunks, table
from timeline.store.tables import EventRow, InteractionRow, MentionRow, ParticipationRow

EVENT, INTERACTION = table(EventRow), table(InteractionRow)
MENTION, PARTICIPATION = table(MentionRow), table(ParticipationRow)
STEP = 200


def next_interactions(connection: Connection, after: UUID) -> list[UUID]:
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
    return sorted(connection.execute(every).scalars())[:STEP]


def mend_interactions(connection: Connection, organisation: UUID, ids: Sequence[UUID]) -> int:
    """Let interactions, their evidence and who takes part be what their events say; return how many were wrong."""
    held = lock_interactions(connection, ids)
    _drop_orphans(connection, [i for i, row in held.items() if row.content is None])
    events = events_of(connection, ids)
    said = {e.event_id: evidence_of(organisation, e) for found in events.values() for e in found}
    standing = {i: fold(found) if found else None for i, found in events.items()}
    mended = mend_evidence(connection, said)
    mended += save(connection, organisation, held, [folded for folded in standing.values() if folded])
    mended += remove(connection, organisation, held, [i for i, folded in standing.items() if folded is None])
    mended += mend_mentions(connection, organisation, standing)
    return mended + _mend_participations(connection, organisation, standing)


def _drop_orphans(connection: Connection, ids: Sequence[UUID]) -> None:
    """Remove what hangs on interactions that were not there: saving them adds theirs."""
    for where in (PARTICIPATION, MENTION):
        for part in chunks(ids):
            connection.execute(delete(where).where(where.c.interaction_id.in_(part)))


def _mend_participations(
    connection: Connection, organisation: UUID, standing: Mapping[UUID, Interaction | None]
) -> int:
    """Compare who takes part with what the interactions say."""
    moved = moves_of(connection, standing)
    wanted = {i: participation_rows(organisation, folded, moved.get(i)) for i, folded in standing.items()}
    stored: dict[UUID, list[dict[str, object]]] = {i: [] for i in standing}
    for part in chunks(standing):
        rows = connection.execute(select(PARTICIPATION).where(PARTICIPATION.c.interaction_id.in_(part)))
        for row in rows.mappings():
            stored[row["interaction_id"]].append(dict(row))
    wrong = [i for i in standing if sorted(wanted[i], key=_handle) != sorted(stored[i], key=_handle)]
    for part in chunks(wrong):
        connection.execute(delete(PARTICIPATION).where(PARTICIPATION.c.interaction_id.in_(part)))
    for new in chunks([row for i in wrong for row in wanted[i]]):
        connection.execute(insert(PARTICIPATION), new)
    return len(wrong)


def _handle(row: Mapping[str, object]) -> str:
    return str(row["handle_id"])
