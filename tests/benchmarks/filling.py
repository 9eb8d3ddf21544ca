"""A history into PostgreSQL by COPY; `filling.py URL EACH SEQ FIRST END PART PARTS` brings every so many a thousand."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from benchmarks.history import History, Place
from benchmarks.moulds import COLUMNS, WORDS
from benchmarks.posts import configuration
from benchmarks.pressing import moulds

# Words travel as text; the server makes vectors of them.
_SPOKEN = "CREATE TEMP TABLE IF NOT EXISTS spoken (seq bigint, words text) ON COMMIT DELETE ROWS"
_INDEXED = f"INSERT INTO {WORDS} (rowid, words) SELECT seq, to_tsvector('simple', words) FROM spoken"


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Any]:
    """Yield a connection of the driver's own."""
    connection = await asyncpg.connect(url.replace("postgresql+asyncpg", "postgresql"))
    try:
        yield connection
    finally:
        await connection.close()


async def fill(connection: Any, history: History, seq: int, thousands: Iterable[int]) -> None:
    """Write the rows of some thousands, each in a transaction; `seq` is the number before the first interaction's."""
    await connection.execute(_SPOKEN)
    for thousand in thousands:
        async with connection.transaction():
            txid = await connection.fetchval("SELECT pg_current_xact_id()::text::bigint")
            rows = history.thousand(thousand, Place(seq, txid))
            for table, made in rows.items():
                if table != WORDS:
                    await connection.copy_records_to_table(table, records=made, columns=COLUMNS[table])
            await connection.copy_records_to_table("spoken", records=rows[WORDS])
            await connection.execute(_INDEXED)


async def main(url: str, *given: str) -> None:
    """Bring one part's share."""
    each, seq, first, end, part, parts = map(int, given)
    organisation = configuration().organisation
    history = History(organisation, await moulds(organisation), each)
    async with connected(url) as connection:
        await connection.execute("SET synchronous_commit = off")
        await fill(connection, history, seq, range(first + part, end, parts))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
