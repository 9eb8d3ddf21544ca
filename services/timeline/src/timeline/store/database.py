"""Opening a database, SQLite's or PostgreSQL's, migrated to today's schema."""

import asyncio
from typing import Protocol

from sqlalchemy.engine import make_url

from timeline.store.limits import Limits
from timeline.store.migrate import migrate
from timeline.store.postgres import PostgresDatabase
from timeline.store.sqlite import SqliteDatabase
from timeline.store.work import T, Work


class Database(Protocol):
    """One database: work is done in its transactions, off the event loop or without blocking it."""

    dialect: str
    committed: asyncio.Condition  # rings after each commit of this process and, once listened for, of others

    async def write(self, work: Work[T]) -> T:
        """Do work in a transaction that commits at its end; raises Unavailable when the database is away."""
        ...

    async def read(self, work: Work[T]) -> T:
        """Do work on one snapshot; raises Unavailable when the database is away."""
        ...

    def listen(self) -> None:
        """Have `committed` ring for what other processes commit too, where the database can tell."""
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...


async def open_database(url: str, limits: Limits | None = None) -> Database:
    """Open and migrate the database at an SQLAlchemy URL (sqlite:///… or postgresql+asyncpg://…); raises Unavailable.

    The limits are PostgreSQL's; None: the defaults.
    """
    where = make_url(url)
    sqlite = where.get_backend_name() == "sqlite"
    database: Database = (
        # constructed without a look into the environment: that is for who starts the process
        SqliteDatabase(where.database or "") if sqlite else PostgresDatabase(where, limits or Limits.model_construct())
    )
    try:
        await database.write(migrate)
    except BaseException:
        await database.close()
        raise
    return database
