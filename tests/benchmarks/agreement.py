"""Whether what stands in a store is what follows from its evidence, looked at around some handles."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, or_, select, tuple_

from peyvand.identity.rules import Rules
from timeline.folds.identity import Derived, Evidence, Verdict, derive
from timeline.store.connections import take_time
from timeline.store.neighbourhood import Known, KnownLink, verdict_from
from timeline.store.statements import chunks, table
from timeline.store.tables import DecisionRow, EvidenceRow, HandleNameRow, HandleRow, LinkRow
from timeline.store.written import handle_row, link_row, name_rows

DECISION, EVIDENCE, HANDLE = table(DecisionRow), table(EvidenceRow), table(HandleRow)
LINK, NAME = table(LinkRow), table(HandleNameRow)
Row = dict[str, Any]
Standing = dict[Table, list[Row]]


def components(connection: Connection, around: Iterable[UUID]) -> set[UUID]:
    """Return the handles that hang together with the first ones behind some ids."""
    every = select(HANDLE.c.component).order_by(HANDLE.c.id).limit(1)
    found = [connection.execute(every.where(HANDLE.c.id >= i)).scalar() for i in around]
    return _ids(connection, HANDLE.c.id, HANDLE.c.component, {c for c in found if c})


def differing(connection: Connection, organisation: UUID, handles: Collection[UUID]) -> list[str]:
    """Return what stands otherwise with whole components of handles than evidence and verdicts have it.

    A handle beside them that is not of them is shared; why, all that was said with it tells.
    """
    take_time(connection)
    beside = _ids(connection, LINK.c.a, LINK.c.b, handles) | _ids(connection, LINK.c.b, LINK.c.a, handles)
    evidence = _evidence(connection, {*handles, *beside})
    verdicts = _verdicts(connection, {e.handle_id for e in evidence})
    derived = derive(organisation, evidence, verdicts, Rules())
    right, stored = _derived(organisation, derived, set(handles)), _stored(connection, set(handles))
    return [f"{t.name}: {row}" for t in right for row in sorted(_written(right[t]) ^ _written(stored[t]))]


def _ids(connection: Connection, wanted: Any, column: Any, ids: Collection[UUID]) -> set[UUID]:
    return {i for part in chunks(ids) for i in connection.execute(select(wanted).where(column.in_(part))).scalars()}


def _rows(connection: Connection, statement: Any, column: Any, ids: Collection[UUID]) -> list[Any]:
    return [row for part in chunks(ids) for row in connection.execute(statement.where(column.in_(part)))]


def _evidence(connection: Connection, handles: Collection[UUID]) -> list[Evidence]:
    """Return all that was said of handles, and with them."""
    places = _rows(connection, select(EVIDENCE.c.event_id, EVIDENCE.c.party), EVIDENCE.c.handle_id, handles)
    party = tuple_(EVIDENCE.c.event_id, EVIDENCE.c.party)
    key = (HANDLE.c.kind, HANDLE.c.scope, HANDLE.c.value)
    said = select(EVIDENCE, *key).join(HANDLE, HANDLE.c.id == EVIDENCE.c.handle_id)
    rows = _rows(connection, said, party, {tuple(place) for place in places})  # type: ignore[misc]
    return [
        Evidence(r.event_id, r.party, r.handle_id, r.kind, r.scope, r.value, r.role, r.proof, r.name, r.occurred_at)
        for r in rows
    ]


def _verdicts(connection: Connection, handles: Collection[UUID]) -> list[Verdict]:
    found: dict[UUID, Verdict] = {}
    for part in chunks(handles):
        either = or_(DECISION.c.a.in_(part), DECISION.c.b.in_(part))
        found.update((r["id"], verdict_from(r)) for r in connection.execute(select(DECISION).where(either)).mappings())
    return list(found.values())


def _derived(organisation: UUID, derived: Derived, handles: set[UUID]) -> Standing:
    known = [Known(s.seen, s.shared, s.component, s.customer, s.stranger) for s in derived.handles.values()]
    links = {pair: KnownLink(linked, derived.refused.get(pair)) for pair, linked in derived.links.items()}
    return {
        HANDLE: [handle_row(organisation, k) for k in known if k.seen.id in handles],
        LINK: [link_row(pair, link) for pair, link in links.items() if not handles.isdisjoint(pair)],
        NAME: name_rows({name: at for name, at in derived.names.items() if name[0] in handles}),
    }


def _stored(connection: Connection, handles: set[UUID]) -> Standing:
    return {
        HANDLE: _mapped(connection, HANDLE, HANDLE.c.id, handles),
        LINK: [row for end in (LINK.c.a, LINK.c.b) for row in _mapped(connection, LINK, end, handles)],
        NAME: _mapped(connection, NAME, NAME.c.handle_id, handles),
    }


def _mapped(connection: Connection, there: Table, column: Any, ids: Collection[UUID]) -> list[Row]:
    parts = (connection.execute(select(there).where(column.in_(part))).mappings() for part in chunks(ids))
    return [dict(row) for part in parts for row in part]


def _written(rows: Iterable[Row]) -> set[str]:
    return {str(sorted(row.items())) for row in rows}
