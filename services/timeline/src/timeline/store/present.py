"""Which deliveries are there already and say something, so that nobody reads them again."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Connection, select

from timeline.store.database import Database
from timeline.store.statements import chunks, table
from timeline.store.tables import DeliveryRow, EventRow

DELIVERY = table(DeliveryRow)
EVENT = table(EventRow)


async def present(database: Database, deliveries: Collection[UUID]) -> set[UUID]:
    """Return those of some deliveries that are there and were understood; those kept for repair are not."""

    def work(connection: Connection) -> set[UUID]:
        found: set[UUID] = set()
        for part in chunks(deliveries):
            there = select(DELIVERY.c.id).where(DELIVERY.c.id.in_(part), DELIVERY.c.why.is_(None))
            found.update(connection.execute(there).scalars())
        return found

    return await database.read(work)


async def sighted(database: Database, events: Collection[UUID]) -> set[UUID]:
    """Return those of some events that are there."""

    def work(connection: Connection) -> set[UUID]:
        found: set[UUID] = set()
        for part in chunks(events):
            found.update(connection.execute(select(EVENT.c.id).where(EVENT.c.id.in_(part))).scalars())
        return found

    return await database.read(work)
