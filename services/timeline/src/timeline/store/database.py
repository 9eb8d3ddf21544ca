"""Opening a database: one writer and separate readers on SQLite, pools on PostgreSQL, migrated to today's schema."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from peyvand.errors import Unavailable
from timeline.store.migrate import migrate

# How long a statement waits for another process's write (a backup, a rebuild by hand) before its caller must retry.
BUSY_SECONDS = 5.0
READERS = 4
SQLITE_AWAY = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY,
}
# connection lost; out of resources; operator intervention; system error; serialisation, deadlock; lock not available
POSTGRES_AWAY = ("08", "53", "57", "58", "40", "55P03")


@dataclass(slots=True)
class Database:
    """The engines of one database, and a bell that rings after each commit of this process."""

    writer: AsyncEngine
    reader: AsyncEngine
    committed: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def dialect(self) -> str:
        """Return "sqlite" or "postgresql"."""
        return self.writer.dialect.name

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that commits at the end of the body; raises Unavailable when the database is away."""
        with _translated():
            async with self.writer.begin() as connection:
                yield connection
        async with self.committed:
            self.committed.notify_all()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Open one snapshot to read from; raises Unavailable when the database is away."""
        with _translated():
            async with self.reader.connect() as connection:
                yield connection

    async def close(self) -> None:
        """Close all connections."""
        await self.reader.dispose()
        await self.writer.dispose()


async def open_database(url: str) -> Database:
    """Open and migrate the database at an SQLAlchemy URL (sqlite+aiosqlite:///… or postgresql+asyncpg://…)."""
    where = make_url(url)
    if where.get_backend_name() == "sqlite":
        database = _sqlite(url, where.database or "")
    else:
        writer = create_async_engine(url, pool_size=5, pool_pre_ping=True)
        database = Database(writer, writer)
    try:
        with _translated():
            async with database.writer.begin() as connection:
                await connection.run_sync(migrate)
    except BaseException:
        await database.close()
        raise
    return database


def _sqlite(url: str, path: str) -> Database:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    # one writer: SQLite has one anyway, and waiting in our queue is fairer than its busy loop
    writer = create_async_engine(url, pool_size=1, max_overflow=0, pool_timeout=BUSY_SECONDS)
    reader = create_async_engine(url, pool_size=READERS, max_overflow=4, pool_timeout=BUSY_SECONDS)
    _prepare(writer, "BEGIN IMMEDIATE")
    _prepare(reader, "BEGIN")
    return Database(writer, reader)


def _prepare(engine: AsyncEngine, begin: str) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        # the driver's own transaction control would begin too late, and never IMMEDIATE
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            f"busy_timeout={int(BUSY_SECONDS * 1000)}",
            "cache_size=-65536",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def began(connection: Any) -> None:
        connection.exec_driver_sql(begin)


@contextmanager
def _translated() -> Iterator[None]:
    """Turn what a driver raises when the database is away, busy or full into Unavailable."""
    try:
        yield
    except Exception as error:
        if _away(error):
            raise Unavailable(f"the database does not take this now ({type(error).__name__})") from error
        raise


def _away(error: BaseException) -> bool:
    """Return whether the database, not the statement, is at fault."""
    if isinstance(error, PoolTimeout | OSError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if isinstance(error.orig, sqlite3.Error):
        # the low byte is the primary code, whatever the extended one adds
        return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in SQLITE_AWAY
    state = str(getattr(error.orig, "sqlstate", None) or "")
    return error.connection_invalidated or isinstance(error, InterfaceError) or state.startswith(POSTGRES_AWAY)
