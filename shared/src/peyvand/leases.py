"""Cursors and leases of connector services, in the table `connector_state` that the timeline's migrations make."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Self

import orjson

from peyvand.cursors import Cursor, Lease, Nature
from peyvand.errors import LeaseLost, Unavailable
from peyvand.postgres import SECONDS, Postgres

# Times are the database's: the clocks of two machines differ. It is asked anew after a wait for another's row lock.
ACQUIRE = """
    INSERT INTO connector_state AS state (connector, holder, fence, lease_until)
    VALUES ($1, $2, 1, clock_timestamp() + make_interval(secs => $3))
    ON CONFLICT (connector) DO UPDATE
    SET holder = excluded.holder, fence = state.fence + 1, lease_until = clock_timestamp() + make_interval(secs => $3)
    WHERE state.holder IS NULL OR state.holder = excluded.holder OR state.lease_until < clock_timestamp()
    RETURNING fence"""
RENEW = """
    UPDATE connector_state SET lease_until = clock_timestamp() + make_interval(secs => $3)
    WHERE connector = $1 AND fence = $2 RETURNING fence"""
RELEASE = "UPDATE connector_state SET holder = NULL, lease_until = NULL WHERE connector = $1 AND fence = $2"
LOAD = "SELECT cursor FROM connector_state WHERE connector = $1"
SAVE = "UPDATE connector_state SET cursor = $3::jsonb WHERE connector = $1 AND fence = $2 RETURNING fence"
POLLED = """
    INSERT INTO connector_state (connector, fence, polled_at) VALUES ($1, 0, $2)
    ON CONFLICT (connector) DO UPDATE SET polled_at = excluded.polled_at, error = NULL, error_since = NULL"""
FAILED = """
    INSERT INTO connector_state AS state (connector, fence, error, error_since) VALUES ($1, 0, $2, $3)
    ON CONFLICT (connector) DO UPDATE
    SET error = excluded.error, error_since = coalesce(state.error_since, excluded.error_since)"""
ANSWERED = "SELECT polled_at FROM connector_state WHERE connector = $1"
DESCRIBED = """
    INSERT INTO connector_state (connector, fence, sees_outbound, keeps_seconds) VALUES ($1, 0, $2, $3)
    ON CONFLICT (connector) DO UPDATE
    SET sees_outbound = excluded.sees_outbound, keeps_seconds = excluded.keeps_seconds"""
READY = "SELECT 1 FROM connector_state LIMIT 1"


class PostgresCursors:
    """Cursors in PostgreSQL."""

    def __init__(self, url: str, application: str = "peyvand", seconds: float = SECONDS) -> None:
        self._database = Postgres(url, application, seconds)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Self]:
        """Keep connections while the body runs; the database may be away."""
        async with self._database.running():
            yield self

    @property
    def database(self) -> Postgres:
        """Return the connections, which errands use too."""
        return self._database

    async def ready(self) -> str | None:
        """Return None when cursors can be read, else what stands in the way."""
        try:
            await self._database.value(READY)
        except Unavailable as away:
            return str(away)
        except Exception as error:  # noqa: BLE001 - who asks is told what is wrong, whatever it is
            return f"the database cannot be used: {type(error).__name__}"
        return None

    async def acquire(self, connector: str, holder: str, seconds: float) -> Lease | None:
        """Take the lease when it is free, run out, or ours already; the fence rises each time."""
        fence = await self._database.value(ACQUIRE, connector, holder, seconds)
        return None if fence is None else Lease(connector, holder, fence)

    async def renew(self, lease: Lease, seconds: float) -> None:
        """Prolong the lease."""
        await self._under(RENEW, lease, seconds)

    async def release(self, lease: Lease) -> None:
        """Give the lease back, if it is still ours."""
        await self._database.value(RELEASE, lease.connector, lease.fence)

    async def load(self, lease: Lease) -> Cursor | None:
        """Return the cursor as last saved."""
        saved = await self._database.value(LOAD, lease.connector)
        cursor: Cursor | None = None if saved is None else orjson.loads(saved)
        return cursor

    async def save(self, lease: Lease, cursor: Cursor) -> None:
        """Move the cursor under the fence."""
        await self._under(SAVE, lease, orjson.dumps(cursor).decode())

    async def polled(self, connector: str, at: datetime) -> None:
        """Note that the source answered."""
        await self._database.value(POLLED, connector, at)

    async def failed(self, connector: str, at: datetime, why: str) -> None:
        """Note what is wrong, and since when."""
        await self._database.value(FAILED, connector, why.replace("\0", ""), at)

    async def answered(self, connector: str) -> datetime | None:
        """Return when the source last answered."""
        at: datetime | None = await self._database.value(ANSWERED, connector)
        return at

    async def described(self, connector: str, nature: Nature) -> None:
        """Note what the connector can know."""
        keeps = None if nature.keeps is None else int(nature.keeps.total_seconds())
        await self._database.value(DESCRIBED, connector, nature.sees_outbound, keeps)

    async def _under(self, statement: str, lease: Lease, value: object) -> None:
        if await self._database.value(statement, lease.connector, lease.fence, value) is None:
            raise LeaseLost(f"{lease.connector} is polled by another copy now")
