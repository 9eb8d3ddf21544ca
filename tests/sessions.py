"""A session of a test's own beside the store's, through which it sees, holds up and ends those of the store."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

WAITING = "SELECT count(*) > 0 FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE NOT granted"
THEIRS = "datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
GATE = 7  # an advisory lock that stands for a moment at which a transaction is held up


class Session:
    """One session of PostgreSQL."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    async def do(self, statement: str) -> None:
        await self.connection.execute(statement)

    async def ask(self, question: str) -> Any:
        return await self.connection.fetchval(question)

    async def until(self, question: str, seconds: float = 10) -> None:
        """Return once the answer is true. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not await self.ask(question):
                await asyncio.sleep(0.01)

    async def until_refused(self, url: str, seconds: float = 10) -> None:
        """Return once the server takes no new client. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while True:
                try:
                    await (await asyncpg.connect(url.replace("+asyncpg", ""))).close()
                except asyncpg.CannotConnectNowError:
                    return

    async def end_theirs(self, only: str = "true") -> None:
        """End the other sessions of this database as an administrator would."""
        await self.do(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {THEIRS} AND {only}")


@asynccontextmanager
async def session(url: str) -> AsyncIterator[Session]:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        yield Session(connection)
    finally:
        await connection.close(timeout=5)
