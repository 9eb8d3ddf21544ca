"""Reading: each question is one snapshot, and shows only what the principal may see."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select

from peyvand.errors import Unavailable
from peyvand.event import InteractionEvent
from peyvand.identity import Organisation
from timeline.deliveries import Accounted, DeliveryPage
from timeline.folds.call_backs import CallsAround
from timeline.folds.interaction import Interaction
from timeline.ports import Changes, Customer, Filters, Health, Hit, Page, Principal
from timeline.store import feed, finding
from timeline.store.books import health_of, one_sided
from timeline.store.call_backs import calls_beside, not_called_back
from timeline.store.contents import event_from
from timeline.store.customers import customer_today, customers_by_id
from timeline.store.database import Database
from timeline.store.deliveries import deliveries_of, delivery_of, walked_connectors, walked_outcomes
from timeline.store.mentions import beside, thread_of
from timeline.store.paging import interactions, page_of
from timeline.store.statements import table
from timeline.store.tables import EventRow, HandleRow, InteractionRow
from timeline.store.visible import interaction_visible

EVENT, HANDLE, INTERACTION = table(EventRow), table(HandleRow), table(InteractionRow)


class SqlTimelines:
    """Timelines in an SQL database."""

    def __init__(self, database: Database, organisation: Organisation) -> None:
        self.database = database
        self.organisation = organisation

    async def recent(self, who: Principal, limit: int) -> Sequence[Hit]:
        """Return the customers last heard from."""
        return await self.database.read(lambda c: finding.recent(c, who, limit))

    async def search(self, who: Principal, query: str, limit: int) -> Sequence[Hit]:
        """Return customers by handle, name or words."""
        return await self.database.read(lambda c: finding.search(c, who, self.organisation, query, limit))

    async def customer(self, who: Principal, customer: UUID) -> Customer | None:
        """Return a customer, by today's id or an old one."""

        def work(connection: Connection) -> Customer | None:
            today = customer_today(connection, customer)
            return customers_by_id(connection, who, [today]).get(today) if today else None

        return await self.database.read(work)

    async def page(self, who: Principal, customer: UUID, filters: Filters, older_than: str | None, limit: int) -> Page:
        """Return a page of a timeline."""

        def work(connection: Connection) -> Page:
            today = customer_today(connection, customer)
            handles = connection.execute(select(HANDLE.c.id).where(HANDLE.c.customer == today)).scalars().all()
            return page_of(connection, who, handles, filters, older_than, limit)

        return await self.database.read(work)

    async def interaction(self, who: Principal, interaction: UUID) -> Interaction | None:
        """Return one interaction."""

        def work(connection: Connection) -> Interaction | None:
            i = INTERACTION.c.id
            visible = connection.execute(select(i).where(i == interaction, interaction_visible(who, i))).scalars()
            return next(iter(interactions(connection, who, visible.all())), None)

        return await self.database.read(work)

    async def why(self, who: Principal, interaction: UUID) -> Sequence[InteractionEvent]:
        """Return the events of an interaction."""
        told = select(EVENT.c.content).where(EVENT.c.interaction_id == interaction)
        if who.connectors is not None:
            told = told.where(EVENT.c.connector.in_(who.read))
        found = await self.database.read(lambda c: [event_from(row.content) for row in c.execute(told)])
        return sorted(found, key=lambda e: (e.received_at, e.event_id))

    async def thread(self, who: Principal, interaction: Interaction) -> Sequence[Interaction]:
        """Return the thread of an interaction."""
        return await self.database.read(lambda c: thread_of(c, who, self.organisation.id, interaction))

    async def beside(self, who: Principal, shown: Sequence[Interaction]) -> Sequence[Interaction]:
        """Return what some interactions name, and what names them."""
        return await self.database.read(lambda c: beside(c, who, self.organisation.id, shown))

    async def calls_beside(self, who: Principal, shown: Sequence[Interaction]) -> Mapping[UUID, CallsAround]:
        """Return what stands beside some calls."""
        return await self.database.read(lambda c: calls_beside(c, who, shown))

    async def not_called_back(self, who: Principal, since: datetime, limit: int) -> Sequence[Interaction]:
        """Return missed calls that nobody has called back."""
        return await self.database.read(lambda c: not_called_back(c, who, since, limit))

    async def feed_end(self) -> str:
        """Return the feed's cursor of now."""
        return await self.database.read(feed.end)

    async def changes(self, who: Principal, customer: UUID | None, after: str, limit: int) -> Changes:
        """Return what changed after a cursor."""
        place = feed.decoded(after)
        return await self.database.read(lambda c: feed.changes(c, who, customer, place, limit))

    async def wait(self, seconds: float) -> None:
        """Return after a commit, of this process or of another that can be heard, or after so long."""
        self.database.listen()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds), self.database.committed:
                await self.database.committed.wait()

    async def health(self, who: Principal, connectors: Sequence[str]) -> Sequence[Health]:
        """Return each connector's books and state."""
        names = [c for c in connectors if who.connectors is None or c in who.connectors]
        return await self.database.read(lambda c: [health_of(c, name) for name in names])

    async def one_sided(self, who: Principal) -> frozenset[str]:
        """Return the connectors that never see what we write."""
        found = await self.database.read(one_sided)
        return found if who.connectors is None else found & who.connectors

    async def deliveries(
        self, who: Principal, connector: str | None, outcome: str | None, older_than: str | None, limit: int
    ) -> DeliveryPage:
        """Return a page of deliveries."""

        def work(connection: Connection) -> DeliveryPage:
            connectors = walked_connectors(connection, who, connector)
            return deliveries_of(connection, connectors, walked_outcomes(outcome), older_than, limit)

        return await self.database.read(work)

    async def delivery(self, who: Principal, delivery: UUID) -> Accounted | None:
        """Return one delivery."""
        return await self.database.read(lambda c: delivery_of(c, who, delivery))

    async def ready(self) -> str | None:
        """Return None when the database answers."""
        try:
            await self.database.read(lambda c: c.execute(select(1)))
        except Unavailable as error:
            return str(error)
        return None
