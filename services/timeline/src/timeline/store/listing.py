"""All customers, page after page in the order of their ids; and what cards would bring, without bringing it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, select

from timeline.ledger import Card, Introduced
from timeline.ports import Customer, Principal
from timeline.store.cards import card_id, cards_at, differing
from timeline.store.customers import customers_by_id
from timeline.store.database import Database
from timeline.store.statements import table
from timeline.store.tables import HandleRow

HANDLE = table(HandleRow)


async def customers_after(
    database: Database, who: Principal, after: UUID | None, limit: int
) -> tuple[Sequence[Customer], UUID | None]:
    """Return the next customers by id, and the id after which to go on, None at the end."""

    def work(connection: Connection) -> tuple[list[Customer], UUID | None]:
        ids = select(HANDLE.c.customer).distinct().order_by(HANDLE.c.customer).limit(limit)
        page = connection.execute(ids if after is None else ids.where(HANDLE.c.customer > after)).scalars().all()
        found = customers_by_id(connection, who, page)
        return [found[i] for i in page if i in found], page[-1] if len(page) == limit else None

    return await database.read(work)


async def would_bring(database: Database, organisation: UUID, cards: Sequence[Card]) -> Introduced:
    """Return what introducing cards would come to."""
    given = {card_id(organisation, c.source, c.key): c for c in cards}
    known = dict(await database.read(lambda connection: cards_at(connection, list(given))))
    changed = len(differing(known, given))
    return Introduced(len(given) - len(known), changed, len(known) - changed)
