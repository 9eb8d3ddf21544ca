"""Deriving again, from the evidence that is left, all that evidence which is gone had a part in."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import Connection, delete, or_, select

from timeline.folds.identity.evidence import Evidence, links_of, names_of
from timeline.store.neighbourhood import KnownLink, Neighbourhood
from timeline.store.statements import chunks, table, update_all, write
from timeline.store.tables import EvidenceRow, HandleNameRow, HandleRow, LinkRow
from timeline.store.written import write_links, write_names

EVIDENCE, HANDLE, LINK, NAME = table(EvidenceRow), table(HandleRow), table(LinkRow), table(HandleNameRow)

Left = Mapping[UUID, Sequence[Evidence]]


def forget(connection: Connection, gone: Sequence[Evidence]) -> set[UUID]:
    """Mend the rows of handles, names and links; return all handles whose neighbourhood has to be looked at again."""
    touched = {e.handle_id for e in gone}
    left = _left(connection, touched)
    orphans = touched - left.keys()
    touched |= {i for pair in Neighbourhood(connection).links_of(orphans) for i in pair}
    _drop(connection, orphans)
    _date(connection, left)
    for part in chunks(left):
        connection.execute(delete(NAME).where(NAME.c.handle_id.in_(part)))
    write_names(connection, names_of(e for rows in left.values() for e in rows))
    _unlink(connection, gone, left)
    return touched


def _left(connection: Connection, ids: Collection[UUID]) -> dict[UUID, list[Evidence]]:
    """Return what is still said of handles; of whom, their ids say, and the rest is not asked for here."""
    left: dict[UUID, list[Evidence]] = {}
    for part in chunks(ids):
        for row in connection.execute(select(EVIDENCE).where(EVIDENCE.c.handle_id.in_(part))).mappings():
            left.setdefault(row["handle_id"], []).append(Evidence(**row, kind="", scope="", value=""))
    return left


def _drop(connection: Connection, handles: Collection[UUID]) -> None:
    for part in chunks(handles):
        connection.execute(delete(HANDLE).where(HANDLE.c.id.in_(part)))
        connection.execute(delete(NAME).where(NAME.c.handle_id.in_(part)))
        connection.execute(delete(LINK).where(or_(LINK.c.a.in_(part), LINK.c.b.in_(part))))


def _date(connection: Connection, left: Left) -> None:
    firsts = {i: min((e.occurred_at, e.event_id) for e in rows) for i, rows in left.items()}
    rows = [{"of": i, "new_first_at": at, "new_first_event": event} for i, (at, event) in firsts.items()]
    statement = update_all(connection.dialect.name, HandleRow, "id", "first_at", "first_event")
    for part in chunks(rows):
        write(connection, statement, part)


def _unlink(connection: Connection, gone: Iterable[Evidence], left: Left) -> None:
    """Let links be as strong and as old as what is left says; those that nothing supports any more go."""
    now = links_of(e for rows in left.values() for e in rows)
    pairs = links_of(gone)
    write_links(connection, {p: KnownLink(now[p]) for p in pairs if p in now})
    for a, b in pairs.keys() - now.keys():
        connection.execute(delete(LINK).where(LINK.c.a == a, LINK.c.b == b))
