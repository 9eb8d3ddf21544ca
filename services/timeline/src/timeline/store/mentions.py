"""The keys by which messages find what they answer, and what answers them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, delete, select

from timeline.folds.interaction import Interaction
from timeline.folds.thread import LONGEST, keys_of, mentions, thread
from timeline.ports import Principal
from timeline.store.paging import interactions
from timeline.store.statements import among, chunks, insert_all, table, write
from timeline.store.tables import InteractionRow, MentionRow
from timeline.store.visible import interaction_visible

INTERACTION, MENTION = table(InteractionRow), table(MentionRow)


@cache
def _naming(dialect: str) -> Select[Any]:
    return select(MENTION.c.interaction_id).where(among(dialect, MENTION.c.key)).distinct().limit(LONGEST)


def mention(
    connection: Connection, organisation: UUID, changes: Iterable[tuple[Interaction | None, Interaction | None]]
) -> None:
    """Bring the keys after changed interactions, each as it was (None: new) and as it is (None: gone)."""
    stale, rows = [], []
    for before, after in changes:
        old, new = mention_rows(organisation, before), mention_rows(organisation, after)
        if old != new:
            stale += [row["interaction_id"] for row in old[:1]]
            rows += new
    replace(connection, stale, rows)


def replace(connection: Connection, stale: Collection[UUID], rows: Sequence[Mapping[str, Any]]) -> None:
    """Take away the keys of some interactions and add rows."""
    for part in chunks(stale):
        connection.execute(delete(MENTION).where(MENTION.c.interaction_id.in_(part)))
    for new in chunks(rows):
        write(connection, insert_all(connection.dialect.name, MentionRow), new)


def mention_rows(organisation: UUID, interaction: Interaction | None) -> list[dict[str, Any]]:
    """Return a row for each key of an interaction."""
    if interaction is None:
        return []
    found = mentions(organisation, interaction)
    return [{"key": m.key, "interaction_id": interaction.id, "how": m.how.value} for m in found]


def mend_mentions(connection: Connection, organisation: UUID, standing: Mapping[UUID, Interaction | None]) -> int:
    """Compare the keys of interactions (None: gone) with what they say; return of how many they were wrong."""
    stored: dict[UUID, set[tuple[UUID, str]]] = {i: set() for i in standing}
    for part in chunks(standing):
        for row in connection.execute(select(MENTION).where(MENTION.c.interaction_id.in_(part))):
            stored[row.interaction_id].add((row.key, row.how))
    wanted = {i: mention_rows(organisation, interaction) for i, interaction in standing.items()}
    wrong = [i for i, rows in wanted.items() if {(r["key"], r["how"]) for r in rows} != stored[i]]
    replace(connection, wrong, [row for i in wrong for row in wanted[i]])
    return len(wrong)


def thread_of(connection: Connection, who: Principal, organisation: UUID, start: Interaction) -> list[Interaction]:
    """Return the thread of an interaction as far as it may be seen, the earliest first."""
    known, found = {start.id: start}, [start]
    while True:
        keys = {key for message in found for key in keys_of(organisation, message)}
        near = [i for i in _named(connection, keys) if i not in known][: LONGEST - len(known)]
        known.update((i.id, i) for i in visible(connection, who, near))
        grown = thread(organisation, start, list(known.values()))
        if len(grown) == len(found) or len(known) >= LONGEST:
            return grown
        found = grown


def beside(
    connection: Connection, who: Principal, organisation: UUID, messages: Sequence[Interaction]
) -> list[Interaction]:
    """Return what may be seen of all that some messages name, or that names them: one step, not the whole thread."""
    keys = {key for message in messages if message.message_key for key in keys_of(organisation, message)}
    there = {message.id for message in messages}
    return visible(connection, who, [i for i in _named(connection, keys) if i not in there])


def visible(connection: Connection, who: Principal, ids: Sequence[UUID]) -> list[Interaction]:
    """Return those interactions that are there and may be seen."""
    i = INTERACTION.c.id
    found: list[UUID] = []
    for part in chunks(ids):
        found += connection.execute(select(i).where(i.in_(part), interaction_visible(who, i))).scalars().all()
    return interactions(connection, who, found)


def _named(connection: Connection, keys: Collection[UUID]) -> list[UUID]:
    """Return interactions that go by one of the keys or name it; a key may be an interaction's own id."""
    found: dict[UUID, None] = {}
    for part in chunks(keys):
        found |= dict.fromkeys(connection.execute(_naming(connection.dialect.name), {"ids": part}).scalars())
    return list(found | dict.fromkeys(keys))
