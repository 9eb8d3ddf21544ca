"""What PostgreSQL does for a question: the statements that the product asks, and their plans with what they touched."""

import math
import re
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from sqlalchemy import Connection, Engine, event, text

from timeline.store import Database

Heard = list[tuple[str, Any]]
_SCANNED = re.compile(r"Seq Scan on (\w+).*?(?:\(actual time=\S+ rows=(\d+) loops=(\d+)\)|$)")
_REMOVED = re.compile(r"Rows Removed by Filter: (\d+)")
_TOOK = re.compile(r"Execution Time: ([\d.]+) ms")
_LARGE = "SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples >= :rows"
ROWS = 100_000  # what few rows a question needs of a smaller table, it may look for from end to end


class _Back(Exception):
    """Takes a transaction back."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A question, how long the product took to answer it, and the plan of each statement that it asked."""

    question: str
    seconds: float
    plans: tuple[str, ...]

    def scanned(self, large: frozenset[str]) -> set[str]:
        """Return which large tables were read from end to end; a scan that soon found enough is none of these."""
        return {table for plan in self.plans for table, rows in _scans(plan) if rows >= ROWS} & large

    def __str__(self) -> str:
        slowest = max((float(took) for plan in self.plans for took in _TOOK.findall(plan)), default=0.0)
        return (
            f"{self.question}: {self.seconds * 1e3:.1f} ms, {len(self.plans)} statements, the slowest {slowest:.1f} ms"
        )


@contextmanager
def heard() -> Iterator[Heard]:
    """Yield the statements that run while it is entered."""
    statements: Heard = []

    def hear(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        statements.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", hear)


async def answered(database: Database, question: str, ask: Callable[[], Awaitable[object]]) -> Answered:
    """Ask twice, the second time with what the first one brought into memory, and have every statement explained."""
    await ask()
    with heard() as statements:
        took = await seconds_for(ask)
    plans: list[str] = []

    def explain(connection: Connection) -> None:
        plans.extend(_plan(connection, *asked) for asked in statements if _is_planned(asked[0]))
        raise _Back

    with suppress(_Back):
        await database.write(explain)
    return Answered(question, took, tuple(plans))


async def seconds_for(ask: Callable[[], Awaitable[object]]) -> float:
    """Return how long an answer takes."""
    began = time.perf_counter()
    await ask()
    return time.perf_counter() - began


async def large_tables(database: Database) -> frozenset[str]:
    """Return the tables of many rows."""
    return await database.read(lambda c: frozenset(c.execute(text(_LARGE), {"rows": ROWS}).scalars()))


def _scans(plan: str) -> Iterator[tuple[str, float]]:
    """Yield each scan of a table and how many rows it went through; of a plan that was not run, all."""
    lines = plan.splitlines()
    for n, line in enumerate(lines):
        if scan := _SCANNED.search(line):
            table, rows, loops = scan.groups()
            below = takewhile(lambda further: "->" not in further, lines[n + 1 :])
            removed = sum(int(r) for further in below for r in _REMOVED.findall(further))
            yield table, (int(rows) + removed) * int(loops) if rows else math.inf


def _is_planned(statement: str) -> bool:
    return (
        statement.lstrip().startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")) and "advisory" not in statement
    )


def _plan(connection: Connection, statement: str, parameters: Any) -> str:
    """Return a statement with its plan; what writes is not run again."""
    reads = statement.lstrip().startswith("SELECT")
    explain = "EXPLAIN (ANALYZE, BUFFERS) " if reads else "EXPLAIN "
    lines = connection.exec_driver_sql(explain + statement, parameters).scalars()
    return "\n".join([statement, *lines])
