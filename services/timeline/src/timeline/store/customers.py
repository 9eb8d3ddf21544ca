"""Customers by their ids: with what of their handles may be seen, and as people call them."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, or_, select

from timeline.people import Placed
from timeline.ports import Customer, KnownHandle, Principal
from timeline.store.marks import Marks, marks_of
from timeline.store.paging import Place
from timeline.store.statements import chunks, table
from timeline.store.tables import HandleNameRow, HandleRow, ParticipationRow
from timeline.store.visible import handle_visible, interaction_visible

HANDLE, NAME, P = table(HandleRow), table(HandleNameRow), table(ParticipationRow)

# Of each handle the names seen with it: whether the channel itself said so, since when, and how it is written.
Names = dict[UUID, list[tuple[bool, datetime, str]]]


def customer_today(connection: Connection, customer: UUID) -> UUID | None:
    """Return today's id of a customer: its own, or of the customer who has the handle that an old id names."""
    own = select(HANDLE.c.customer).where(or_(HANDLE.c.customer == customer, HANDLE.c.own == customer))
    found = list((connection.execute(own.distinct().limit(2))).scalars())
    return customer if customer in found else (found[0] if found else None)


def customers_by_id(connection: Connection, who: Principal, ids: Collection[UUID]) -> dict[UUID, Customer]:
    """Return customers with what of their handles may be seen; one without any is not there."""
    handles: dict[UUID, list[KnownHandle]] = {}
    names: Names = {}
    for part in chunks(ids):
        names |= _names(connection, who, HANDLE.c.customer.in_(part))
        for placed in _placed(connection, who, HANDLE.c.customer.in_(part), names):
            handles.setdefault(placed.customer, []).append(placed.handle)
    marks, last = marks_of(connection, who, handles), last_places(connection, who, handles)
    return {
        i: _customer(i, mine, names, marks.get(i, Marks()), last[i][0] if i in last else None)
        for i, mine in handles.items()
    }


def placed_handles(connection: Connection, who: Principal, ids: Collection[UUID]) -> dict[UUID, Placed]:
    """Return handles as they stand; one that may not be seen is left out."""
    found: dict[UUID, Placed] = {}
    for part in chunks(ids):
        names = _names(connection, who, HANDLE.c.id.in_(part))
        found.update((p.handle.id, p) for p in _placed(connection, who, HANDLE.c.id.in_(part), names))
    return found


def _names(connection: Connection, who: Principal, theirs: ColumnElement[bool]) -> Names:
    mine = select(HANDLE.c.id).where(theirs, handle_visible(who, HANDLE.c.id))
    named = select(NAME.c.handle_id, NAME.c.via, NAME.c.first_at, NAME.c.name).where(NAME.c.handle_id.in_(mine))
    names: Names = {}
    for handle, *name in connection.execute(named):
        names.setdefault(handle, []).append((name[0], name[1], name[2]))
    return names


def _placed(connection: Connection, who: Principal, theirs: ColumnElement[bool], names: Names) -> Iterable[Placed]:
    """Yield handles, the earliest first, each with its names, the surest and newest first."""
    c = HANDLE.c
    order = (c.first_at, c.first_event, c.kind, c.scope, c.value)
    for row in connection.execute(select(HANDLE).where(theirs, handle_visible(who, c.id)).order_by(*order)):
        called = tuple(dict.fromkeys(n for _, _, n in sorted(names.get(row.id, ()), reverse=True)))
        known = KnownHandle(row.id, row.kind, row.scope, row.value, row.first_at, called)
        yield Placed(known, row.customer, row.shared)


def _customer(
    customer: UUID, handles: list[KnownHandle], names: Names, marks: Marks, last: datetime | None
) -> Customer:
    """Return a customer, called as somebody decided; else said by a channel before typed by somebody, the newest."""
    every = [n for h in handles for n in names.get(h.id, ())]
    called = marks.name or (max(every)[2] if every else None)
    return Customer(customer, called, tuple(handles), last, marks.tags, marks.not_a_customer)


def last_places(connection: Connection, who: Principal, customers: Collection[UUID]) -> dict[UUID, Place]:
    """Return the newest interaction of each customer who has any, and when it was."""
    newest = [
        select(column)
        .where(P.c.handle_id == HANDLE.c.id, interaction_visible(who, P.c.interaction_id))
        .order_by(P.c.occurred_at.desc(), P.c.interaction_id.desc())
        .limit(1)
        .correlate(HANDLE)
        .scalar_subquery()
        for column in (P.c.occurred_at, P.c.interaction_id)
    ]
    last: dict[UUID, Place] = {}
    for part in chunks(customers):
        theirs = select(HANDLE.c.customer, *newest).where(HANDLE.c.customer.in_(part), handle_visible(who, HANDLE.c.id))
        for customer, at, interaction in connection.execute(theirs):
            if at is not None:
                last[customer] = max(last.get(customer, (at, interaction)), (at, interaction))
    return last
