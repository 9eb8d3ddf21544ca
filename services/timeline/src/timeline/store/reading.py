"""Reading: each question is one snapshot, and shows only what the principal may see."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from peyvand.errors import Unavailable
from peyvand.event import InteractionEvent
from peyvand.identity import Organisation
from timeline.folds.interaction import Interaction
from timeline.ports import Books, Changes, Customer, Filters, Health, Hit, Page, Principal
from timeline.store import finding
from timeline.store.contents import event_from
from timeline.store.database import Database
from timeline.store.paging import interactions, page_of
from timeline.store.statements import table
from timeline.store.tables import (
    ChangeRow,
    ConnectorStateRow,
    DeliveryRow,
    EventRow,
    HandleRow,
    InteractionRow,
    ParticipationRow,
)
from timeline.store.visible import interaction_visible

CHANGE, DELIVERY, EVENT = table(ChangeRow), table(DeliveryRow), table(EventRow)
HANDLE, INTERACTION, P = table(HandleRow), table(InteractionRow), table(ParticipationRow)
STATE = table(ConnectorStateRow)


class SqlTimelines:
    """Timelines in an SQL database."""

    def __init__(self, database: Database, organisation: Organisation) -> None:
        self.database = database
        self.organisation = organisation

    async def recent(self, who: Principal, limit: int) -> Sequence[Hit]:
        """Return the customers last heard from."""
        async with self.database.reading() as connection:
            return await finding.recent(connection, who, limit)

    async def search(self, who: Principal, query: str, limit: int) -> Sequence[Hit]:
        """Return customers by handle, name or words."""
        async with self.database.reading() as connection:
            return await finding.search(connection, who, self.organisation, query, limit)

    async def customer(self, who: Principal, customer: UUID) -> Customer | None:
        """Return a customer, by today's id or an old one."""
        async with self.database.reading() as connection:
            today = await finding.customer_today(connection, customer)
            found = await finding.customers_by_id(connection, who, [today]) if today else {}
            return found.get(today) if today else None

    async def page(self, who: Principal, customer: UUID, filters: Filters, older_than: str | None, limit: int) -> Page:
        """Return a page of a timeline."""
        async with self.database.reading() as connection:
            today = await finding.customer_today(connection, customer)
            rows = await connection.execute(select(HANDLE.c.id).where(HANDLE.c.customer == today))
            return await page_of(connection, who, list(rows.scalars()), filters, older_than, limit)

    async def interaction(self, who: Principal, interaction: UUID) -> Interaction | None:
        """Return one interaction."""
        async with self.database.reading() as connection:
            visible = select(INTERACTION.c.id).where(
                INTERACTION.c.id == interaction, interaction_visible(who, interaction)
            )
            found = await interactions(connection, list((await connection.execute(visible)).scalars()))
            return found[0] if found else None

    async def why(self, who: Principal, interaction: UUID) -> Sequence[InteractionEvent]:
        """Return the events of an interaction."""
        condition = EVENT.c.interaction_id == interaction
        if who.connectors is not None:
            condition = and_(condition, EVENT.c.connector.in_(sorted(who.connectors)))
        async with self.database.reading() as connection:
            rows = await connection.execute(select(EVENT.c.content).where(condition))
            found = [event_from(content) for (content,) in rows]
        return sorted(found, key=lambda e: (e.received_at, e.event_id))

    async def feed_end(self) -> str:
        """Return the feed's cursor of now."""
        async with self.database.reading() as connection:
            return await self._end(connection)

    async def _end(self, connection: AsyncConnection) -> str:
        newest = select(CHANGE.c.txid, CHANGE.c.id).where(self._settled())
        row = (await connection.execute(newest.order_by(CHANGE.c.txid.desc(), CHANGE.c.id.desc()).limit(1))).first()
        return f"{row.txid}.{row.id}" if row else "0.0"

    def _settled(self) -> ColumnElement[bool]:
        """Return the condition that no transaction that began earlier can still add rows below."""
        if self.database.dialect == "sqlite":
            return CHANGE.c.txid >= 0
        return CHANGE.c.txid < text("pg_snapshot_xmin(pg_current_snapshot())::text::bigint")

    async def changes(self, who: Principal, customer: UUID | None, after: str, limit: int) -> Changes:
        """Return what changed after a cursor."""
        txid, number = _place(after)
        after_it = or_(CHANGE.c.txid > txid, and_(CHANGE.c.txid == txid, CHANGE.c.id > number))
        fed = select(CHANGE.c.txid, CHANGE.c.id, CHANGE.c.kind, CHANGE.c.ref)
        async with self.database.reading() as connection:
            rows = await connection.execute(
                fed.where(after_it, self._settled()).order_by(CHANGE.c.txid, CHANGE.c.id).limit(limit)
            )
            changed = list(rows)
            ids = list(dict.fromkeys(r.ref for r in changed if r.kind == "interaction"))
            today = await finding.customer_today(connection, customer) if customer else None
            theirs = await self._of(connection, who, ids, today)
            entries = await interactions(connection, [i for i in ids if i in theirs])
        groups = {r.ref for r in changed if r.kind == "customer"}
        regrouped = bool(groups) if customer is None else bool(groups & {customer, today})
        cursor = f"{changed[-1].txid}.{changed[-1].id}" if changed else after
        return Changes(tuple(entries), regrouped, cursor)

    async def _of(
        self, connection: AsyncConnection, who: Principal, ids: Sequence[UUID], customer: UUID | None
    ) -> set[UUID]:
        """Return which interactions may be seen and, when one is asked for, stand on the customer's timeline."""
        seen = select(INTERACTION.c.id).where(INTERACTION.c.id.in_(ids), interaction_visible(who, INTERACTION.c.id))
        if customer is not None:
            theirs = select(P.c.interaction_id).join(HANDLE, HANDLE.c.id == P.c.handle_id)
            seen = seen.where(
                INTERACTION.c.id.in_(theirs.where(HANDLE.c.customer == customer, P.c.interaction_id.in_(ids)))
            )
        return set((await connection.execute(seen)).scalars()) if ids else set()

    async def wait(self, seconds: float) -> None:
        """Return after a commit of this process, or after so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds), self.database.committed:
                await self.database.committed.wait()

    async def health(self, who: Principal, connectors: Sequence[str]) -> Sequence[Health]:
        """Return each connector's books and state."""
        names = [c for c in connectors if who.connectors is None or c in who.connectors]
        async with self.database.reading() as connection:
            states = {
                r.connector: r for r in await connection.execute(select(STATE).where(STATE.c.connector.in_(names)))
            }
            return [self._health(await _books(connection, name), states.get(name)) for name in names]

    @staticmethod
    def _health(books: Books, state: object) -> Health:
        return Health(
            books,
            getattr(state, "polled_at", None),
            getattr(state, "error", None),
            getattr(state, "error_since", None),
        )

    async def ready(self) -> str | None:
        """Return None when the database answers."""
        try:
            async with self.database.reading() as connection:
                await connection.execute(select(1))
        except Unavailable as error:
            return str(error)
        return None


async def _books(connection: AsyncConnection, connector: str) -> Books:
    """Count a connector's deliveries by outcome; the index alone answers."""
    d = DELIVERY.c
    rows = await connection.execute(
        select(d.outcome, d.rule, func.count()).where(d.connector == connector).group_by(d.outcome, d.rule)
    )
    counts = {(outcome, rule): n for outcome, rule, n in rows}
    newest = select(d.received_at).where(d.connector == connector).order_by(d.received_at.desc()).limit(1)
    return Books(
        connector,
        seen=sum(counts.values()),
        stored=counts.get(("stored", None), 0),
        duplicate=counts.get(("duplicate", None), 0),
        skipped={str(rule): n for (outcome, rule), n in counts.items() if outcome == "skipped"},
        kept=counts.get(("kept", None), 0),
        last_at=(await connection.execute(newest)).scalar(),
    )


def _place(cursor: str) -> tuple[int, int]:
    txid, _, number = cursor.partition(".")
    if not (txid.isascii() and txid.isdecimal() and number.isascii() and number.isdecimal()):
        raise ValueError("this is no cursor of the change feed")
    return int(txid), int(number)
