"""PostgreSQL through asyncpg: a pool that writes and one that reads, so that neither starves the other."""

import asyncio

from sqlalchemy import URL

from timeline.store.away import translated
from timeline.store.bell import Bell
from timeline.store.connections import Connections
from timeline.store.limits import Limits
from timeline.store.work import T, Work


class PostgresDatabase:
    """A database of PostgreSQL's; it takes `writers` + `readers` + 1 connections at most."""

    dialect = "postgresql"

    def __init__(self, where: URL, limits: Limits) -> None:
        self.committed = asyncio.Condition()
        self._limits = limits
        self._for_writing = Connections(where, limits, limits.write_seconds)
        self._for_reading = Connections(where, limits, limits.read_seconds)
        self._writing = self._for_writing.pool(limits.writers)
        self._reading = self._for_reading.pool(limits.readers)
        self._bell = Bell(self._for_reading.open, self._ring)

    async def write(self, work: Work[T]) -> T:
        """Do work in a transaction."""
        with translated():
            async with self._writing.begin() as connection:
                done = await connection.run_sync(work)
        await self._ring()
        self._bell.tell()
        return done

    async def read(self, work: Work[T]) -> T:
        """Do work in a transaction whose statements all see the same."""
        with translated():
            async with self._reading.connect() as connection:
                await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
                return await connection.run_sync(work)

    def listen(self) -> None:
        """Have `committed` ring for other processes' commits too, from about now on."""
        self._bell.start()

    async def _ring(self) -> None:
        async with self.committed:
            self.committed.notify_all()

    async def close(self) -> None:
        """Close all connections."""
        await self._bell.close()
        await self._for_reading.close(self._reading)
        await self._for_writing.close(self._writing)
