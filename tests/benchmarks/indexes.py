"""Loading tables without their indexes, which are made again at the end, two at a time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import NamedTuple

from benchmarks.filling import connected

_THERE = """
SELECT t.relname AS there, i.relname AS name, c.conname IS NOT NULL AS constrains,
       coalesce(pg_get_constraintdef(c.oid), pg_get_indexdef(i.oid)) AS definition
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
LEFT JOIN pg_constraint c ON c.conindid = i.oid
WHERE t.relnamespace = 'public'::regnamespace
ORDER BY pg_relation_size(t.oid) DESC
"""
AT_ONCE = 2


class Index(NamedTuple):
    """An index as PostgreSQL tells of it; one that constrains comes and goes with its constraint."""

    there: str
    name: str
    constrains: bool
    definition: str

    @property
    def dropping(self) -> str:
        """Return the statement that takes it away."""
        if self.constrains:
            return f'ALTER TABLE "{self.there}" DROP CONSTRAINT "{self.name}"'
        return f'DROP INDEX "{self.name}"'

    @property
    def making(self) -> str:
        """Return the statement that makes it again."""
        if self.constrains:
            return f'ALTER TABLE "{self.there}" ADD CONSTRAINT "{self.name}" {self.definition}'
        return self.definition


@asynccontextmanager
async def without_indexes(url: str, memory: str) -> AsyncIterator[None]:
    """Take all indexes away, and make them again at the end, each with so much memory to sort in."""
    async with connected(url) as connection:
        every = [Index(*row) for row in await connection.fetch(_THERE)]
        for index in every:
            await connection.execute(index.dropping)
    yield
    async with AsyncExitStack() as opened:
        hands = [await opened.enter_async_context(connected(url)) for _ in range(AT_ONCE)]
        waiting = iter(every)
        for hand in hands:
            await hand.execute(f"SET maintenance_work_mem = '{memory}'; SET max_parallel_maintenance_workers = 0")

        async def make(hand: object) -> None:
            for index in waiting:
                await hand.execute(index.making)  # type: ignore[attr-defined]

        await asyncio.gather(*map(make, hands))
