"""Interactions as folded, with who takes part, the words to search, and the feed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, bindparam, delete, func, insert, select, text, update
from sqlalchemy.sql.dml import ReturningInsert

from peyvand.event import InteractionEvent
from timeline.folds.identity import handle_id
from timeline.folds.interaction import Interaction
from timeline.folds.search import folded
from timeline.store.contents import event_from, interaction_bytes, interaction_from
from timeline.store.statements import IDS, chunks, insert_missing, table
from timeline.store.tables import ChangeRow, EventRow, InteractionRow, ParticipationRow

EVENT, INTERACTION = table(EventRow), table(InteractionRow)
PARTICIPATION, CHANGE = table(ParticipationRow), table(ChangeRow)
_LOCKED = (
    select(INTERACTION.c.id, INTERACTION.c.seq, INTERACTION.c.content)
    .where(INTERACTION.c.id.in_(IDS))
    .order_by(INTERACTION.c.id)
    .with_for_update()
)
_EVENTS = select(EVENT.c.content).where(EVENT.c.interaction_id.in_(IDS))
_SAVE = (
    update(INTERACTION)
    .where(INTERACTION.c.seq == bindparam("key"))
    .values(content=bindparam("content"), occurred_at=bindparam("occurred_at"))
)
# What stands behind so many letters is not found; PostgreSQL indexes no more than a megabyte of words.
SEARCHED = 200_000
_PARTICIPATE, _TELL = insert(PARTICIPATION), insert(CHANGE)


@cache
def _adding_interactions(dialect: str) -> ReturningInsert[Any]:
    return insert_missing(dialect, InteractionRow, "id").returning(INTERACTION.c.id, INTERACTION.c.seq)


class Held(NamedTuple):
    """An interaction's row under lock; without content it was added by this transaction, and has no older event."""

    seq: int
    content: bytes | None


@dataclass(frozen=True, slots=True)
class Change:
    """An interaction before (None: it is new) and after (None: it is gone)."""

    seq: int
    before: Interaction | None
    after: Interaction | None


def lock_interactions(connection: Connection, ids: Collection[UUID]) -> dict[UUID, Held]:
    """Add missing rows and lock all in the order of their ids: two workers never fold one event of two."""
    held: dict[UUID, Held] = {}
    statement = _adding_interactions(connection.dialect.name)
    for part in chunks(sorted(ids)):
        held.update((i, Held(seq, None)) for i, seq in connection.execute(statement, [{"id": i} for i in part]))
        if known := [i for i in part if i not in held]:
            rows = connection.execute(_LOCKED, {"ids": known})
            held.update((i, Held(seq, content)) for i, seq, content in rows)
    return held


def events_of(connection: Connection, ids: Collection[UUID]) -> dict[UUID, list[InteractionEvent]]:
    """Return all events of the interactions."""
    found: dict[UUID, list[InteractionEvent]] = {i: [] for i in ids}
    for part in chunks(ids):
        rows = connection.execute(_EVENTS, {"ids": part})
        for (content,) in rows:
            event = event_from(content)
            found[event.interaction_id].append(event)
    return found


def save_interactions(
    connection: Connection, organisation: UUID, held: Mapping[UUID, Held], interactions: Sequence[Interaction]
) -> int:
    """Write those that differ from what is stored; return how many did."""
    changes, rows = [], []
    for interaction in interactions:
        seq, before = held[interaction.id]
        content = interaction_bytes(interaction)
        if content != before:
            changes.append(Change(seq, interaction_from(before) if before else None, interaction))
            rows.append({"key": seq, "content": content, "occurred_at": interaction.occurred_at})
    if rows:
        connection.execute(_SAVE, rows)
        _follow(connection, organisation, changes)
    return len(rows)


def remove_interactions(
    connection: Connection, organisation: UUID, held: Mapping[UUID, Held], ids: Collection[UUID]
) -> int:
    """Remove interactions with all that is derived from them; return how many had been there."""
    changes = []
    for i in ids:
        seq, content = held[i]
        connection.execute(delete(INTERACTION).where(INTERACTION.c.seq == seq))
        if content is not None:
            changes.append(Change(seq, interaction_from(content), None))
    _follow(connection, organisation, changes)
    return len(changes)


def tell(connection: Connection, kind: str, refs: Iterable[UUID]) -> None:
    """Add rows to the change feed."""
    rows = [{"kind": kind, "ref": ref} for ref in refs]
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        txid = (connection.execute(select(func.pg_current_xact_id().op("::")(text("text"))))).scalar_one()
        rows = [{**row, "txid": int(txid)} for row in rows]
    connection.execute(_TELL, rows)


def _follow(connection: Connection, organisation: UUID, changes: Sequence[Change]) -> None:
    """Bring participations, words and feed after the changed interactions."""
    _participate(connection, organisation, changes)
    _index_words(connection, changes)
    tell(connection, "interaction", [(c.after or c.before).id for c in changes if c.after or c.before])  # type: ignore[union-attr]


def _participate(connection: Connection, organisation: UUID, changes: Sequence[Change]) -> None:
    stale, rows = [], []
    for change in changes:
        before, after = participation_rows(organisation, change.before), participation_rows(organisation, change.after)
        if before == after:
            continue
        if before:
            stale.append(before[0]["interaction_id"])
        rows += after
    for part in chunks(stale):
        connection.execute(delete(PARTICIPATION).where(PARTICIPATION.c.interaction_id.in_(part)))
    for new in chunks(rows):
        connection.execute(_PARTICIPATE, new)


def participation_rows(organisation: UUID, interaction: Interaction | None) -> list[dict[str, Any]]:
    """Return one row per customer-side handle; ours are no participants."""
    if interaction is None:
        return []
    roles: dict[UUID, str] = {}
    for party in interaction.parties:
        for h in () if party.ours else party.handles:
            roles.setdefault(handle_id(organisation, *h.key), party.role)
    return [
        {
            "handle_id": handle,
            "occurred_at": interaction.occurred_at,
            "interaction_id": interaction.id,
            "channel": interaction.channel,
            "direction": interaction.direction,
            "role": role,
        }
        for handle, role in roles.items()
    ]


def searchable(interaction: Interaction | None) -> str:
    """Return the words by which an interaction is found."""
    if interaction is None:
        return ""
    parts = [interaction.subject, interaction.text, *(a.name for a in interaction.attachments)]
    if interaction.form:
        parts += [value for _, value in interaction.form.fields]
    return folded(" ".join(part for part in parts if part)[:SEARCHED])[:SEARCHED]  # some signs are folded into many


def _index_words(connection: Connection, changes: Sequence[Change]) -> None:
    differing = [(c.seq, searchable(c.before), searchable(c.after)) for c in changes]
    old = [{"seq": seq, "words": before} for seq, before, after in differing if before and before != after]
    new = [{"seq": seq, "words": after} for seq, before, after in differing if after and before != after]
    for statement, rows in zip(_WORDS[connection.dialect.name], (old, new), strict=True):
        if rows:
            connection.execute(statement, rows)


_WORDS = {
    # an FTS5 table without content must be told the old words to forget them
    "sqlite": (
        text("INSERT INTO interaction_words(interaction_words, rowid, words) VALUES ('delete', :seq, :words)"),
        text("INSERT INTO interaction_words(rowid, words) VALUES (:seq, :words)"),
    ),
    "postgresql": (
        text("DELETE FROM interaction_words WHERE rowid = :seq AND :words <> ''"),
        text("INSERT INTO interaction_words(rowid, words) VALUES (:seq, to_tsvector('simple', :words))"),
    ),
}
