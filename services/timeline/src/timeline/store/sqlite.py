"""SQLite: one writer in a thread of its own, and readers beside it."""

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event

from timeline.store.away import translated
from timeline.store.work import T, Work

# How long a statement waits for another process's write (a backup, a rebuild by hand) before its caller must retry.
BUSY_SECONDS = 5.0
READERS = 4


class SqliteDatabase:
    """A file of SQLite's.

    A whole transaction is one visit to the thread: handing over each statement costs more than the statements do.
    """

    dialect = "sqlite"

    def __init__(self, path: str) -> None:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        self.committed = asyncio.Condition()
        self._writer = _engine(path, "BEGIN IMMEDIATE", 1)
        self._reader = _engine(path, "BEGIN", READERS)
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
            with translated(), engine.begin() as connection:
                return work(connection)

        return asyncio.get_running_loop().run_in_executor(threads, visit)

    def listen(self) -> None:
        """Do nothing: a file tells nobody of another process's commits."""

    async def close(self) -> None:
        """Wait for what runs, then close."""
        for threads in (self._writing, self._reading):
            await asyncio.to_thread(threads.shutdown)
        self._reader.dispose()
        self._writer.dispose()


def _engine(path: str, begin: str, connections: int) -> Engine:
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
