"""Customers as they are compared, page by page: names, addresses, and the shared handles beside them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Row, func, literal, select, tuple_, union_all

from timeline.comparing import Acquaintance
from timeline.folds.identity.verdicts import Pair
from timeline.store.connections import take_time
from timeline.store.neighbourhood import Neighbourhood
from timeline.store.statements import among, table
from timeline.store.tables import HandleRow, LinkRow

HANDLE, LINK = table(HandleRow).c, table(LinkRow).c
A, B = table(HandleRow).alias("handle_a"), table(HandleRow).alias("handle_b")
# A switchboard beside which more were seen says nothing of any two of them.
MOST_BESIDE = 200
PAGE = 500
_FIRST = UUID(int=0)


class Refused(NamedTuple):
    """A refused link, and the customers that it would have joined."""

    link: Pair
    customers: Pair


@dataclass(slots=True)
class _Known:
    """What is known of a customer, by the handle that was seen first."""

    handle: UUID
    names: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)
    beside: set[UUID] = field(default_factory=set)


def refused(connection: Connection, after: Pair | None) -> list[Refused]:
    """Return the next refused links between handles that are somebody's own, in their order."""
    chosen = (
        select(LINK.a, LINK.b, A.c.customer.label("one"), B.c.customer.label("other"))
        .join_from(table(LinkRow), A, A.c.id == LINK.a)
        .join(B, B.c.id == LINK.b)
        .where(LINK.refused.is_not(None), A.c.shared.is_(None), B.c.shared.is_(None))
        .where(tuple_(LINK.a, LINK.b) > tuple_(*(literal(i, LINK.a.type) for i in after or (_FIRST, _FIRST))))
    )
    rows = connection.execute(chosen.order_by(LINK.a, LINK.b).limit(PAGE))
    return [Refused((r.a, r.b), (r.one, r.other)) for r in rows]


def crowded(connection: Connection) -> frozenset[UUID]:
    """Return the handles beside which many were seen: at most one for so many links."""
    take_time(connection)
    ends = union_all(select(LINK.a.label("id")), select(LINK.b)).subquery()
    many = select(ends.c.id).group_by(ends.c.id).having(func.count() > MOST_BESIDE)
    return frozenset(connection.execute(many).scalars())


def people(connection: Connection, after: UUID | None, crowd: Collection[UUID]) -> list[Acquaintance]:
    """Return the next customers who have a handle of their own, in the order of their ids."""
    rows = _personal(connection, after)
    customer_of = {row.id: row.customer for row in rows}
    known: dict[UUID, _Known] = {}
    for row in rows:
        of = known.setdefault(row.customer, _Known(row.id))
        if row.kind == "email":
            of.addresses.add(row.value)
    near = Neighbourhood(connection)
    for handle, name, _ in near.names_of(customer_of):
        known[customer_of[handle]].names.add(name)
    for handle, shared in _beside(near, customer_of.keys(), crowd):
        known[customer_of[handle]].beside.add(shared)
    return [
        Acquaintance(c, k.handle, tuple(k.names), tuple(k.addresses), tuple(k.beside)) for c, k in sorted(known.items())
    ]


def _personal(connection: Connection, after: UUID | None) -> list[Row[Any]]:
    """Return the handles that are somebody's own, of the next customers; those seen first before the others."""
    own = HANDLE.shared.is_(None)
    coming = select(HANDLE.customer).where(own, HANDLE.customer > (after or _FIRST)).distinct()
    customers = list(connection.execute(coming.order_by(HANDLE.customer).limit(PAGE)).scalars())
    theirs = select(HANDLE.id, HANDLE.kind, HANDLE.value, HANDLE.customer).where(own)
    theirs = theirs.where(among(connection.dialect.name, HANDLE.customer))
    order = (HANDLE.first_at, HANDLE.first_event, HANDLE.id)
    return list(connection.execute(theirs.order_by(*order), {"ids": customers}))


def _beside(near: Neighbourhood, own: Collection[UUID], crowd: Collection[UUID]) -> Iterable[Pair]:
    """Return the shared handles with which handles were seen, and few others."""
    ends = [(i, other) for p in near.links_of(own) for i, other in (p, p[::-1]) if i in own and other not in crowd]
    shared = {i for i, known in near.handles({other for _, other in ends}).items() if known.shared is not None}
    return ((i, other) for i, other in ends if other in shared)
