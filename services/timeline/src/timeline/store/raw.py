"""Raw deliveries, to be read again."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from peyvand.delivery import Delivery
from timeline.ports import Chosen, Raw
from timeline.store.contents import unpacked
from timeline.store.statements import table
from timeline.store.tables import DeliveryRow

DELIVERY = table(DeliveryRow)


def raw_deliveries(connection: Connection, chosen: Chosen, after: UUID | None, limit: int) -> Sequence[Raw]:
    """Return deliveries in the order of their ids."""
    # without its receipt it has no body yet
    wanted = select(DELIVERY).where(DELIVERY.c.announced.is_not(None)).order_by(DELIVERY.c.id).limit(limit)
    if after is not None:
        wanted = wanted.where(DELIVERY.c.id > after)
    if chosen.connector is not None:
        wanted = wanted.where(DELIVERY.c.connector == chosen.connector)
    if chosen.since is not None:
        wanted = wanted.where(DELIVERY.c.received_at >= chosen.since)
    if chosen.only_kept:
        wanted = wanted.where(DELIVERY.c.outcome == "kept")
    return [Raw(delivery_from(row)) for row in connection.execute(wanted)]


def delivery_from(row: Any) -> Delivery:
    """Return a stored delivery."""
    return Delivery(
        id=row.id,
        connector=row.connector,
        channel=row.channel,
        received_at=row.received_at,
        body=unpacked(row.body),
        url=row.url,
        method=row.method,
        headers=row.headers,
        body_ref=row.body_ref,
    )
