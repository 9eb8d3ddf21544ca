"""Cursors, leases with fencing, and the health of connectors, in one table."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, func, literal, or_, select, update

from peyvand.cursors import Cursor, Lease, Nature
from peyvand.errors import LeaseLost
from timeline.store.columns import Utc
from timeline.store.database import Database
from timeline.store.statements import insert_missing, table, write
from timeline.store.tables import ConnectorStateRow

STATE = table(ConnectorStateRow)


class SqlCursors:
    """Cursors in an SQL database."""

    def __init__(self, database: Database, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.database = database
        self.now = now

    async def acquire(self, connector: str, holder: str, seconds: float) -> Lease | None:
        """Take the lease when it is free, run out, or ours already; the fence rises each time."""
        now = self.now()
        free = or_(STATE.c.holder.is_(None), STATE.c.holder == holder, STATE.c.lease_until < now)
        taken = (
            update(STATE)
            .where(STATE.c.connector == connector, free)
            .values(holder=holder, fence=STATE.c.fence + 1, lease_until=now + timedelta(seconds=seconds))
            .returning(STATE.c.fence)
        )

        def work(connection: Connection) -> int | None:
            self._add_missing(connection, connector)
            return connection.execute(taken).scalar()

        fence = await self.database.write(work)
        return None if fence is None else Lease(connector, holder, fence)

    def _add_missing(self, connection: Connection, connector: str) -> None:
        adding = insert_missing(self.database.dialect, ConnectorStateRow, "connector", columns=("connector", "fence"))
        write(connection, adding, [{"connector": connector, "fence": 0}])

    async def renew(self, lease: Lease, seconds: float) -> None:
        """Prolong the lease."""
        await self._under(lease, lease_until=self.now() + timedelta(seconds=seconds))

    async def release(self, lease: Lease) -> None:
        """Give the lease back, if it is still ours."""
        ours = update(STATE).where(STATE.c.connector == lease.connector, STATE.c.fence == lease.fence)
        await self.database.write(lambda c: c.execute(ours.values(holder=None, lease_until=None)).rowcount)

    async def load(self, lease: Lease) -> Cursor | None:
        """Return the cursor as last saved."""
        saved = select(STATE.c.cursor).where(STATE.c.connector == lease.connector)
        found: Cursor | None = await self.database.read(lambda c: c.execute(saved).scalar())
        return found

    async def save(self, lease: Lease, cursor: Cursor) -> None:
        """Move the cursor under the fence."""
        await self._under(lease, cursor=cursor)

    async def polled(self, connector: str, at: datetime) -> None:
        """Note that the source answered."""
        await self._note(connector, polled_at=at, error=None, error_since=None)

    async def failed(self, connector: str, at: datetime, why: str) -> None:
        """Note what is wrong, and since when."""
        await self._note(connector, error=why, error_since=func.coalesce(STATE.c.error_since, literal(at, Utc)))

    async def answered(self, connector: str) -> datetime | None:
        """Return when the source last answered."""
        noted = select(STATE.c.polled_at).where(STATE.c.connector == connector)
        found: datetime | None = await self.database.read(lambda c: c.execute(noted).scalar())
        return found

    async def described(self, connector: str, nature: Nature) -> None:
        """Note what the connector can know."""
        keeps = None if nature.keeps is None else int(nature.keeps.total_seconds())
        await self._note(connector, sees_outbound=nature.sees_outbound, keeps_seconds=keeps)

    async def _under(self, lease: Lease, **values: object) -> None:
        ours = update(STATE).where(STATE.c.connector == lease.connector, STATE.c.fence == lease.fence)
        if await self.database.write(lambda c: c.execute(ours.values(**values)).rowcount) == 0:
            raise LeaseLost(f"{lease.connector} is polled by another copy now")

    async def _note(self, connector: str, **values: object) -> None:
        noted = update(STATE).where(STATE.c.connector == connector).values(**values)

        def work(connection: Connection) -> None:
            self._add_missing(connection, connector)
            connection.execute(noted)

        await self.database.write(work)
