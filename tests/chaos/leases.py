"""Who holds which lease, as the database has it."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import asyncpg

# in brackets stands what is no connector: the timeline's turn to look for customers that are alike
HELD = (
    "SELECT connector, holder, fence, cursor::text FROM connector_state"
    " WHERE holder IS NOT NULL AND connector NOT LIKE '(%'"
)


@dataclass(frozen=True, slots=True)
class Held:
    """A lease at one moment, and the cursor under it."""

    holder: str
    fence: int
    cursor: str | None

    @property
    def pid(self) -> int:
        """Return the process that holds it: its name says so."""
        return int(self.holder.split(":")[1])


def leases(database: str) -> dict[str, Held]:
    """Return the lease of each connector that somebody holds."""
    url = database.replace("+asyncpg", "")
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, _leases(url)).result(timeout=20)


async def _leases(url: str) -> dict[str, Held]:
    connection = await asyncpg.connect(url)
    try:
        return {row[0]: Held(row[1], row[2], row[3]) for row in await connection.fetch(HELD)}
    finally:
        await connection.close()
