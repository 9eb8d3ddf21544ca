"""Opening a database: one writer and separate readers on SQLite, pools on PostgreSQL, migrated to today's schema."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import create_async_engine

from peyvand.errors import Unavailable
from timeline.store.migrate import migrate

T = TypeVar("T")
Work = Callable[[Connection], T]

# How long a statement waits for another process's write (a backup, a rebuild by hand) before its caller must retry.
BUSY_SECONDS = 5.0
READERS = 4
POOL = 5
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


class Database(Protocol):
    """One database: work is done in its transactions, off the event loop."""

    dialect: str
    committed: asyncio.Condition  # rings after each commit of this process

    async def write(self, work: Work[T]) -> T:
        """Do work in a transaction that commits at its end; raises Unavailable when the database is away."""
        ...

    async def read(self, work: Work[T]) -> T:
        """Do work on one snapshot; raises Unavailable when the database is away."""
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...


class SqliteDatabase:
    """SQLite: one writer in a thread of its own, and readers beside it.

    A whole transaction is one visit to the thread: handing over each statement costs more than the statements do.
    """

    dialect = "sqlite"

    def __init__(self, path: str) -> None:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        self.committed = asyncio.Condition()
        self._writer = _sqlite(path, "BEGIN IMMEDIATE", 1)
        self._reader = _sqlite(path, "BEGIN", READERS)
        self._writing = ThreadPoolExecutor(1, "sqlite-writer")
        self._reading = ThreadPoolExecutor(READERS, "sqlite-reader")

    async def write(self, work: Work[T]) -> T:
        """Do work in the writer's thread."""
        # once begun it is seen to its end and told of, so that a caller who goes away leaves nothing half done
        return await asyncio.shield(asyncio.create_task(self._written(work)))

    async def _written(self, work: Work[T]) -> T:
        done = await self._in(self._writing, self._writer, work)
        async with self.committed:
            self.committed.notify_all()
        return done

    async def read(self, work: Work[T]) -> T:
        """Do work in a reader's thread."""
        return await self._in(self._reading, self._reader, work)

    def _in(self, threads: ThreadPoolExecutor, engine: Engine, work: Work[T]) -> asyncio.Future[T]:
        def visit() -> T:
            with _translated(), engine.begin() as connection:
                return work(connection)

        return asyncio.get_running_loop().run_in_executor(threads, visit)

    async def close(self) -> None:
        """Wait for what runs, then close."""
        for threads in (self._writing, self._reading):
            await asyncio.to_thread(threads.shutdown)
        self._reader.dispose()
        self._writer.dispose()


class PostgresDatabase:
    """PostgreSQL through asyncpg."""

    dialect = "postgresql"

    def __init__(self, url: str) -> None:
        self.committed = asyncio.Condition()
        self._engine = create_async_engine(
            url, pool_size=POOL, pool_pre_ping=True, pool_timeout=BUSY_SECONDS, hide_parameters=True
        )

    async def write(self, work: Work[T]) -> T:
        """Do work in a transaction."""
        with _translated():
            async with self._engine.begin() as connection:
                done = await connection.run_sync(work)
        async with self.committed:
            self.committed.notify_all()
        return done

    async def read(self, work: Work[T]) -> T:
        """Do work in a transaction whose statements all see the same."""
        with _translated():
            async with self._engine.connect() as connection:
                await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
                return await connection.run_sync(work)

    async def close(self) -> None:
        """Close all connections."""
        await self._engine.dispose()


async def open_database(url: str) -> Database:
    """Open and migrate the database at an SQLAlchemy URL (sqlite:///… or postgresql+asyncpg://…)."""
    where = make_url(url)
    sqlite = where.get_backend_name() == "sqlite"
    database: Database = SqliteDatabase(where.database or "") if sqlite else PostgresDatabase(url)
    try:
        await database.write(migrate)
    except BaseException:
        await database.close()
        raise
    return database


def _sqlite(path: str, begin: str, connections: int) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        pool_size=connections,
        max_overflow=0,
        connect_args={"check_same_thread": False},
        hide_parameters=True,  # an error that ends in a log would carry people's addresses there
    )

    @event.listens_for(engine, "connect")
    def connected(connection: sqlite3.Connection, _record: Any) -> None:
        # the driver's own transaction control would begin too late, and never IMMEDIATE
        connection.isolation_level = None
        busy = f"busy_timeout={int(BUSY_SECONDS * 1000)}"
        for pragma in (busy, "journal_mode=WAL", "synchronous=FULL", "cache_size=-65536"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def began(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


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
