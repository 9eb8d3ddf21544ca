"""Deliveries and what became of them: walks down one index, newest first; keyset, never offset."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, literal, select, tuple_

from timeline.deliveries import Accounted, Arrived, DeliveryPage, Outcome
from timeline.ports import Principal
from timeline.store.columns import Id, Utc
from timeline.store.contents import unpacked
from timeline.store.inserting import events_said
from timeline.store.paging import Place, decoded, encoded
from timeline.store.raw import delivery_from
from timeline.store.statements import table
from timeline.store.tables import DeliveryRow

DELIVERY = table(DeliveryRow)
D = DELIVERY.c


def deliveries_of(
    connection: Connection, connectors: Sequence[str], outcomes: Sequence[str], older_than: str | None, limit: int
) -> DeliveryPage:
    """Return a page of the connectors' deliveries; each connector and outcome is a walk of its own, then merged."""
    before = decoded(older_than) if older_than else None
    walks = [_walk(connection, c, outcome, before, limit + 1) for c in connectors for outcome in outcomes]
    newest = sorted((place for walk in walks for place in walk), reverse=True)[: limit + 1]
    shown = newest[:limit]
    return DeliveryPage(
        tuple(_line(connection, place[1]) for place in shown), encoded(shown[-1]) if len(newest) > limit else None
    )


def delivery_of(connection: Connection, who: Principal, delivery: UUID) -> Accounted | None:
    """Return a delivery with what became of it."""
    wanted = select(DELIVERY).where(D.id == delivery)
    if who.connectors is not None:
        wanted = wanted.where(D.connector.in_(sorted(who.connectors)))
    row = connection.execute(wanted).first()
    if row is None:
        return None
    return Accounted(delivery_from(row), row.outcome, row.rule, row.why, tuple(events_said(connection, delivery)))


def walked_connectors(connection: Connection, who: Principal, connector: str | None) -> list[str]:
    """Return the connectors whose deliveries are wanted and may be seen, also such as are configured no more."""
    if connector is not None:
        return [connector] if who.connectors is None or connector in who.connectors else []
    return _all_connectors(connection) if who.connectors is None else sorted(who.connectors)


def walked_outcomes(outcome: str | None) -> list[str]:
    """Return the outcomes that are wanted."""
    return [str(o) for o in Outcome if outcome in (None, o)]


def _all_connectors(connection: Connection) -> list[str]:
    """Return every connector that has brought anything; DISTINCT would read the whole index for a handful of names."""
    found: list[str] = []
    following = select(func.min(D.connector))
    while (name := connection.execute(following.where(D.connector > (found or [""])[-1])).scalar()) is not None:
        found.append(name)
    return found


def _walk(connection: Connection, connector: str, outcome: str, before: Place | None, limit: int) -> list[Place]:
    walk = select(D.received_at, D.id).where(D.connector == connector, D.outcome == outcome)
    if before is not None:
        walk = walk.where(tuple_(D.received_at, D.id) < tuple_(literal(before[0], Utc), literal(before[1], Id)))
    rows = connection.execute(walk.order_by(D.received_at.desc(), D.id.desc()).limit(limit))
    return [(at, i) for at, i in rows]


def _line(connection: Connection, delivery: UUID) -> Arrived:
    """Return a delivery's line; one body at a time is in memory, for its size."""
    wanted = (D.id, D.connector, D.channel, D.received_at, D.outcome, D.rule, D.why, D.body, D.body_ref)
    row: Any = connection.execute(select(*wanted).where(D.id == delivery)).one()
    size = len(unpacked(row.body)) if row.body_ref is None else None
    return Arrived(
        row.id, row.connector, row.channel, row.received_at, row.outcome, row.rule, row.why, size, row.body_ref
    )  # fmt: skip
