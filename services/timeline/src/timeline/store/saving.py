"""Interactions as folded, with who takes part, the words to search, and the feed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Select, delete, func, select, text
from sqlalchemy.sql.dml import ReturningInsert

from peyvand.event import Direction, InteractionEvent, Role
from timeline.folds.call_backs import calling_of
from timeline.folds.identity import handle_id
from timeline.folds.interaction import Interaction
from timeline.folds.search import folded
from timeline.people import NOBODY
from timeline.store.contents import event_from, interaction_bytes, interaction_from
from timeline.store.mentions import mention
from timeline.store.moves import moves_of
from timeline.store.statements import among, chunks, insert_all, insert_missing, table, update_all, write
from timeline.store.tables import ChangeRow, EventRow, InteractionRow, ParticipationRow

EVENT, INTERACTION = table(EventRow), table(InteractionRow)
PARTICIPATION, CHANGE = table(ParticipationRow), table(ChangeRow)
_PLACE = attrgetter("int")  # ids in their order, without a comparison in Python for each two
# What stands behind so many letters is not found; PostgreSQL indexes no more than a megabyte of words.
SEARCHED = 200_000


@cache
def _locking(dialect: str) -> Select[Any]:
    i = INTERACTION.c
    return select(i.id, i.seq, i.content).where(among(dialect, i.id)).order_by(i.id).with_for_update()


@cache
def _told_of(dialect: str) -> Select[Any]:
    return select(EVENT.c.content).where(among(dialect, EVENT.c.interaction_id))


@cache
def _adding_interactions(dialect: str) -> ReturningInsert[Any]:
    adding = insert_missing(dialect, InteractionRow, "id", columns=("id",))
    return adding.returning(INTERACTION.c.id, INTERACTION.c.seq)


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
    adding, locking = _adding_interactions(connection.dialect.name), _locking(connection.dialect.name)
    # again, for a row that was there and that another took away while we waited to lock it
    while missing := sorted((i for i in ids if i not in held), key=_PLACE):
        for part in chunks(missing):
            held.update((i, Held(seq, None)) for i, seq in write(connection, adding, [{"id": i} for i in part]))
        # only when nothing is left to add: who waits to add holds no lock that another's adding could wait for
        for part in chunks([i for i in missing if i not in held]):
            rows = connection.execute(locking, {"ids": part})
            held.update((i, Held(seq, content)) for i, seq, content in rows)
    return held


def events_of(connection: Connection, ids: Collection[UUID]) -> dict[UUID, list[InteractionEvent]]:
    """Return all events of the interactions."""
    found: dict[UUID, list[InteractionEvent]] = {i: [] for i in ids}
    for part in chunks(ids):
        rows = connection.execute(_told_of(connection.dialect.name), {"ids": part})
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
            rows.append({"of": seq, "new_content": content, "new_occurred_at": interaction.occurred_at})
    statement = update_all(connection.dialect.name, InteractionRow, "seq", "content", "occurred_at")
    for part in chunks(rows):
        write(connection, statement, part)
    if rows:
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
    told = list(refs)
    if not told:
        return
    txid = 0
    if connection.dialect.name == "postgresql":
        txid = int(connection.execute(select(func.pg_current_xact_id().op("::")(text("text")))).scalar_one())
    statement = insert_all(connection.dialect.name, ChangeRow)
    for part in chunks([{"txid": txid, "kind": kind, "ref": ref} for ref in told]):
        write(connection, statement, part)


def _follow(connection: Connection, organisation: UUID, changes: Sequence[Change]) -> None:
    """Bring participations, words and feed after the changed interactions."""
    _participate(connection, organisation, changes)
    mention(connection, organisation, [(c.before, c.after) for c in changes])
    _index_words(connection, changes)
    tell(connection, "interaction", [(c.after or c.before).id for c in changes if c.after or c.before])  # type: ignore[union-attr]


def _participate(connection: Connection, organisation: UUID, changes: Sequence[Change]) -> None:
    stale, rows = [], []
    moved = moves_of(connection, [(c.after or c.before).id for c in changes if c.after or c.before])  # type: ignore[union-attr]
    for change in changes:
        before, after = (
            participation_rows(organisation, i, moved.get(i.id) if i else None) for i in (change.before, change.after)
        )
        if before == after:
            continue
        if before:
            stale.append(before[0]["interaction_id"])
        rows += after
    for part in chunks(stale):
        connection.execute(delete(PARTICIPATION).where(PARTICIPATION.c.interaction_id.in_(part)))
    for new in chunks(rows):
        write(connection, insert_all(connection.dialect.name, ParticipationRow), new)


def participation_rows(
    organisation: UUID, interaction: Interaction | None, moved: UUID | None = None
) -> list[dict[str, Any]]:
    """Return one row per customer-side handle; ours are no participants. One that was moved has one: `moved`.

    What somebody withheld his number from, or came without any, stands with `NOBODY`, so that it is found.
    """
    if interaction is None:
        return []
    roles: dict[UUID, str] = {}
    for party in interaction.parties:
        for h in () if party.ours else party.handles:
            roles.setdefault(handle_id(organisation, *h.key), party.role)
    if moved is not None:
        roles = {moved: next(iter(roles.values()), Role.FROM)}
    elif not roles and interaction.direction is not Direction.INTERNAL:
        roles = {NOBODY: Role.FROM}
    calling = calling_of(interaction)
    return [
        {
            "handle_id": handle,
            "occurred_at": interaction.occurred_at,
            "interaction_id": interaction.id,
            "channel": interaction.channel,
            "direction": interaction.direction,
            "role": role,
            "calling": calling.value if calling else None,
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
        for part in chunks(rows):
            write(connection, statement, part)


_WORDS = {
    # an FTS5 table without content must be told the old words to forget them
    "sqlite": (
        text("INSERT INTO interaction_words(interaction_words, rowid, words) VALUES ('delete', :seq, :words)"),
        text("INSERT INTO interaction_words(rowid, words) VALUES (:seq, :words)"),
    ),
    "postgresql": (
        text("DELETE FROM interaction_words WHERE rowid = ANY(:seq) AND CAST(:words AS text[]) IS NOT NULL"),
        text(
            "INSERT INTO interaction_words(rowid, words) SELECT seq, to_tsvector('simple', words)"
            " FROM unnest(CAST(:seq AS bigint[]), CAST(:words AS text[])) AS new(seq, words)"
        ),
    ),
}
