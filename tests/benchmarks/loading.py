"""A history into a database as fast as it goes: rows without indexes by every core, then the indexes."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.filling import connected
from benchmarks.indexes import without_indexes
from benchmarks.persons import NEIGHBOURS

TESTS = Path(__file__).parents[1]
_SIZES = """
SELECT relname, pg_total_relation_size(oid) FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 2 DESC
"""


@dataclass(slots=True)
class Loading:
    """A store that is loaded step by step, so many interactions for each customer; `memory` is for making indexes."""

    url: str
    each: int
    memory: str = "64MB"
    thousands: int = 0
    seconds: dict[str, float] = field(default_factory=dict)  # that the last step took, by what was done

    @property
    def interactions(self) -> int:
        """Return how many interactions have been loaded."""
        return self.thousands * NEIGHBOURS * self.each

    async def go_on(self, thousands: int) -> None:
        """Load until so many thousand customers are there."""
        async with connected(self.url) as connection:
            there = await connection.fetchval("SELECT coalesce(max(seq), 0) FROM interaction")
        seq = there + 1 - self.interactions
        began = time.perf_counter()
        async with without_indexes(self.url, self.memory), self._timed("rows"):
            await self._fill(seq, thousands)
        self.seconds["indexes"] = time.perf_counter() - began - self.seconds["rows"]
        self.thousands = thousands
        async with self._timed("vacuum"), connected(self.url) as connection:
            await connection.execute(f"SELECT setval('interaction_seq_seq', {seq + self.interactions})")
            for statement in ("VACUUM (ANALYZE)", "CHECKPOINT"):
                await connection.execute(statement)

    async def sizes(self) -> dict[str, int]:
        """Return how many bytes each table takes with all its indexes, the largest first."""
        async with connected(self.url) as connection:
            return dict(await connection.fetch(_SIZES))

    async def _fill(self, seq: int, thousands: int) -> None:
        parts = len(os.sched_getaffinity(0))
        given = [self.url, *map(str, (self.each, seq, self.thousands, thousands))]
        command = [sys.executable, "-m", "benchmarks.filling", *given]
        running = [
            await asyncio.create_subprocess_exec(*command, str(part), str(parts), cwd=TESTS) for part in range(parts)
        ]
        ended = await asyncio.gather(*(process.wait() for process in running))
        assert not any(ended), f"a part of the load failed: {ended}"

    @asynccontextmanager
    async def _timed(self, what: str) -> AsyncIterator[None]:
        began = time.perf_counter()
        yield
        self.seconds[what] = time.perf_counter() - began


def told(loading: Loading, sizes: dict[str, Any]) -> str:
    """Return what a load came to, in words."""
    total = sum(sizes.values())
    took = ", ".join(f"{what} {seconds:.0f} s" for what, seconds in loading.seconds.items())
    most = ", ".join(f"{name} {size / loading.interactions:.0f}" for name, size in list(sizes.items())[:9])
    return (
        f"{loading.thousands * NEIGHBOURS:,} customers, {loading.interactions:,} interactions: {took};"
        f" {total / 2**30:.1f} GiB, {total / loading.interactions:.0f} bytes per interaction ({most})"
    )
