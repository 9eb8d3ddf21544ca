"""Verdicts into the record, and what follows from them, in one transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, delete, select, update

from peyvand.errors import Rejected
from timeline.folds.identity.verdicts import OF_IDENTITY, Verdict, VerdictKind
from timeline.store.contents import interaction_from
from timeline.store.identity import alone_with_identity
from timeline.store.matching import Matching
from timeline.store.moves import moves_of
from timeline.store.neighbourhood import verdict_from
from timeline.store.saving import lock_interactions, participation_rows, tell
from timeline.store.statements import chunks, insert_all, insert_missing, table, write
from timeline.store.tables import DecisionRow, HandleRow, InteractionRow, ParticipationRow
from timeline.store.written import Cause, tell_of_customers

DECISION, HANDLE = table(DecisionRow), table(HandleRow).c
INTERACTION, PARTICIPATION = table(InteractionRow).c, table(ParticipationRow)


def decide(matching: Matching, verdicts: Sequence[Verdict]) -> None:
    """Record verdicts; those that are there are left. Raises Rejected for a thing that is not there."""
    connection = matching.connection
    _require(connection, verdicts)
    adding = insert_missing(connection.dialect.name, DecisionRow, "id").returning(DECISION.c.id)
    fresh: set[UUID] = set()
    for part in chunks(sorted(verdicts, key=lambda v: v.id)):
        fresh.update(write(connection, adding, [asdict(v) for v in part]).scalars())
    _follow(matching, [v for v in verdicts if v.id in fresh])


def revoke(matching: Matching, act: UUID, actor: str, at: datetime) -> bool:
    """Take back the verdicts of an act; return whether there were any that stood."""
    standing = update(DECISION).where(DECISION.c.act == act, DECISION.c.revoked_at.is_(None))
    rows = matching.connection.execute(standing.values(revoked_at=at, revoked_by=actor).returning(DECISION))
    taken = [verdict_from(row) for row in rows.mappings()]
    _follow(matching, taken)
    return bool(taken)


def _require(connection: Connection, verdicts: Iterable[Verdict]) -> None:
    handles, interactions = set[UUID](), set[UUID]()
    for v in verdicts:
        (interactions if v.kind is VerdictKind.MOVE else handles).add(v.a)
        handles.update({v.b} if v.b else ())
    for what, column, ids in (("handle", HANDLE.id, handles), ("interaction", INTERACTION.id, interactions)):
        found: set[UUID] = set()
        for part in chunks(ids):
            found.update(connection.execute(select(column).where(column.in_(part))).scalars())
        if missing := ids - found:
            raise Rejected(f"there is no {what} {min(missing)}")


def _follow(matching: Matching, verdicts: Sequence[Verdict]) -> None:
    """Bring all that is derived after verdicts that stand, or stand no more; the lock on identity is taken last."""
    connection = matching.connection
    if moved := sorted({v.a for v in verdicts if v.kind is VerdictKind.MOVE}):
        _move(connection, matching.organisation, moved)
    if decided := {i: v.act for v in verdicts if v.kind in OF_IDENTITY for i in (v.a, v.b) if i}:
        alone_with_identity(connection)
        matching.resolve([], [], Cause(_word(verdicts), verdicts[0].act), decided)
    told = {v.a for v in verdicts if v.kind is not VerdictKind.MOVE} | {v.b for v in verdicts if v.b}
    tell_of_customers(connection, told)


def _word(verdicts: Sequence[Verdict]) -> str:
    """Return for the change log what was decided, or taken back."""
    return f"{'revoked ' if verdicts[0].revoked_at else ''}{verdicts[0].kind}"


def _move(connection: Connection, organisation: UUID, interactions: Sequence[UUID]) -> None:
    """Let interactions stand where the newest verdict puts them, or where their parties do."""
    held = lock_interactions(connection, interactions)
    moved = moves_of(connection, interactions)
    for i, row in held.items():
        connection.execute(delete(PARTICIPATION).where(PARTICIPATION.c.interaction_id == i))
        folded = interaction_from(row.content) if row.content else None
        if rows := participation_rows(organisation, folded, moved.get(i)):
            write(connection, insert_all(connection.dialect.name, ParticipationRow), rows)
    tell(connection, "interaction", interactions)
