"""Handles that hang together in such numbers that only proved links are followed among them."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, func, literal_column, select, union_all

from timeline.folds.identity.clusters import LARGE
from timeline.people import Knot
from timeline.ports import Principal
from timeline.store.customers import placed_handles
from timeline.store.statements import table
from timeline.store.tables import HandleRow, LinkRow
from timeline.store.visible import handle_visible

HANDLE, LINK = table(HandleRow), table(LinkRow)


def knots_in(connection: Connection, who: Principal, limit: int) -> list[Knot]:
    """Return some knots, the largest first; those of which no handle may be seen are left out."""
    # as a literal: SQLite takes an index of some rows only for the very words
    refused = LINK.c.refused == literal_column(f"'{LARGE}'")
    tied = select(HANDLE.c.component).join_from(LINK, HANDLE, HANDLE.c.id == LINK.c.a).where(refused)
    found = [_knot(connection, who, c) for c in connection.execute(tied.distinct().limit(limit)).scalars()]
    return sorted((knot for knot in found if knot), key=lambda knot: (-knot.handles, knot.hub.handle.id))


def _knot(connection: Connection, who: Principal, component: UUID) -> Knot | None:
    inside = HANDLE.c.component == component
    handles = connection.execute(select(func.count()).select_from(HANDLE).where(inside)).scalar_one()
    hub = connection.execute(_most_linked(who, component)).first()
    placed = placed_handles(connection, who, [hub.id]) if hub else {}
    return Knot(handles, placed[hub.id], hub.links) if hub and hub.id in placed else None


def _most_linked(who: Principal, component: UUID) -> Select[Any]:
    ends = (
        select(HANDLE.c.id)
        .join(LINK, end == HANDLE.c.id)
        .where(HANDLE.c.component == component, handle_visible(who, HANDLE.c.id))
        for end in (LINK.c.a, LINK.c.b)
    )
    linked = union_all(*ends).subquery()
    links = func.count().label("links")
    return select(linked.c.id, links).group_by(linked.c.id).order_by(links.desc(), linked.c.id).limit(1)
