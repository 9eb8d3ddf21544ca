"""Comparing handles, links and names with the evidence, and putting them right; whose they are is seen to after them.

What a handle is, since when, what links it, how it is called and whether it is shared follows from the evidence on its
own parties and the verdicts on itself, and from nothing that is derived.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, delete, insert, select

from peyvand.identity.rules import Rules
from timeline.folds.identity.derive import sharing, strangers
from timeline.folds.identity.evidence import customer_id
from timeline.folds.identity.facts import Facts
from timeline.folds.identity.verdicts import Pair
from timeline.store.gathering import facts_about
from timeline.store.neighbourhood import Known, KnownLink, Neighbourhood
from timeline.store.statements import among, chunks, table
from timeline.store.tables import HandleNameRow, HandleRow, LinkRow
from timeline.store.written import handle_row, link_row, name_rows

HANDLE, LINK, NAME = table(HandleRow), table(LinkRow), table(HandleNameRow)
Row = Mapping[str, Any]


def mend_handles(connection: Connection, organisation: UUID, rules: Rules, ids: Sequence[UUID]) -> int:
    """Let what is stored of handles be what is said of them; return how many rows were wrong.

    The caller holds the lock on identity. One that was missing is alone until customers are seen to.
    """
    facts = facts_about(connection, organisation, ids)
    asked = [i for i in ids if i in facts.seen]
    shared = sharing(facts, asked, Neighbourhood(connection).rulings(ids), rules)
    stored = _stored(connection, HANDLE, ids, "id")
    mended = _mend(connection, HANDLE, stored, _handles(organisation, facts, shared, {r["id"]: r for r in stored}))
    links = _stored(connection, LINK, ids, "a", "b")
    mended += _mend(connection, LINK, links, _links(facts, shared, links))
    names = {name: at for name, at in facts.names.items() if name[0] in shared}
    return mended + _mend(connection, NAME, _stored(connection, NAME, ids, "handle_id"), name_rows(names))


def _handles(
    organisation: UUID, facts: Facts, shared: Mapping[UUID, str | None], stored: Mapping[UUID, Row]
) -> list[Row]:
    nobody = strangers(facts)
    rows: list[Row] = []
    for i, why in shared.items():
        seen, row = facts.seen[i], stored.get(i)
        component, customer = (row["component"], row["customer"]) if row else (i, customer_id(organisation, seen))
        rows.append(handle_row(organisation, Known(seen, why, component, customer, i in nobody)))
    return rows


def _links(facts: Facts, shared: Mapping[UUID, str | None], stored: Sequence[Row]) -> list[Row]:
    """Return the links of the handles in question; at one that is shared none is refused, as none is asked for."""
    refused: dict[Pair, str | None] = {(row["a"], row["b"]): row["refused"] for row in stored}
    ours = {p: link for p, link in facts.links.items() if p[0] in shared or p[1] in shared}
    closed = {p for p in ours if shared.get(p[0]) or shared.get(p[1])}
    return [link_row(p, KnownLink(link, None if p in closed else refused.get(p))) for p, link in ours.items()]


def _stored(connection: Connection, where: Table, ids: Collection[UUID], *ends: str) -> list[Row]:
    rows: dict[tuple[Any, ...], Row] = {}
    for end in ends:
        theirs = select(where).where(among(connection.dialect.name, where.c[end]))
        for part in chunks(ids):
            found = connection.execute(theirs, {"ids": part}).mappings()
            rows.update((_key(where, row), row) for row in map(dict, found))
    return list(rows.values())


def _mend(connection: Connection, where: Table, stored: Sequence[Row], wanted: Sequence[Row]) -> int:
    """Make a table hold the wanted rows in the place of the stored; return how many were wrong, missing, too many."""
    was, right = ({_key(where, row): row for row in rows} for rows in (stored, wanted))
    wrong = [key for key, row in was.items() if right.get(key) != row]
    names = [column.name for column in where.primary_key]
    for key in wrong:
        connection.execute(delete(where).where(*(where.c[n] == v for n, v in zip(names, key, strict=True))))
    new = [row for key, row in right.items() if was.get(key) != row]
    for part in chunks(new):
        connection.execute(insert(where), part)
    return len({*wrong, *(_key(where, row) for row in new)})


def _key(where: Table, row: Row) -> tuple[Any, ...]:
    return tuple(row[column.name] for column in where.primary_key)
