"""The CDR table, read again and again: rows appear when a call ends, under the time at which it began."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from ingest_phone.channels.asterisk.settings import Settings
from ingest_phone.channels.asterisk.table import Table, found
from ingest_phone.channels.asterisk.table_row import body
from peyvand.cursors import Cursor
from peyvand.source import Arrival, Batch

_PAGE = 2000
# A table without an index on its times is read whole each time: it is left alone nine times as long as that took.
_REST = 9
_LONGEST_REST = 60.0


@dataclass(slots=True)
class _Reading:
    """What was read: how far, and what of the window that is read again. A restart reads that window once more."""

    newest: datetime | None
    overlap: timedelta
    seen: dict[bytes, datetime] = field(default_factory=dict)
    took: float = 0.0  # seconds that the server was busy with the last look

    @property
    def since(self) -> datetime | None:
        return self.newest - self.overlap if self.newest else None

    @property
    def cursor(self) -> Cursor:
        return {"newest": self.newest.isoformat()} if self.newest else {}

    def fresh(self, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return those that were not read before, and note them."""
        new = {mark: row for row in rows if (mark := hashlib.sha256(body(row)).digest()) not in self.seen}
        self.seen |= {mark: row["start"] for mark, row in new.items()}
        return list(new.values())

    def go_on(self, rows: Sequence[dict[str, Any]], now: datetime) -> None:
        """Note how far was read, and forget the rows before the window.

        A call from the future, by a wrong clock, must not hide those of today.
        """
        starts = [min(row["start"], now.replace(tzinfo=row["start"].tzinfo)) for row in rows]
        newest = max([*starts, *([self.newest] if self.newest else [])], default=None)
        if newest is not None and newest != self.newest:
            self.newest, since = newest, newest - self.overlap
            self.seen = {mark: start for mark, start in self.seen.items() if start >= since}


async def fetch_table(settings: Settings, cursor: Cursor | None) -> AsyncIterator[Batch]:
    """Yield the table's rows, one arrival each, those of a page as one batch."""
    newest = str(cursor.get("newest", "")) if cursor else ""
    reading = _Reading(datetime.fromisoformat(newest) if newest else None, settings.overlap)
    async with settings.source.opened() as connection:
        table = await found(connection, settings.table, settings.cel)
        while True:
            async with aclosing(_sweep(table, reading)) as pages:
                async for rows in pages:
                    yield Batch(_arrivals(f"{settings.source}/{table.name}", rows), reading.cursor)
            await asyncio.sleep(max(settings.poll_seconds, min(_REST * reading.took, _LONGEST_REST)))


async def _sweep(table: Table, reading: _Reading) -> AsyncGenerator[list[dict[str, Any]], None]:
    """Yield what is new in page after page of the window, to the table's end."""
    since, most, now = reading.since, _PAGE, await table.now()
    clock, reading.took = asyncio.get_running_loop().time, 0.0
    while True:
        began = clock()
        rows = await table.page(since, most)
        reading.took += clock() - began
        fresh = reading.fresh(rows)
        reading.go_on(rows, now)
        yield await table.linked(fresh)
        if len(rows) < most:
            return
        last = rows[-1]["start"]
        # A page that is full of one second's calls would come again for ever.
        since, most = (last, _PAGE) if last != since else (since, 2 * most)


def _arrivals(table: str, rows: Sequence[dict[str, Any]]) -> tuple[Arrival, ...]:
    """Return rows under addresses that they keep: a table without a key of its own has only what stands in them."""
    now = datetime.now(UTC)
    bodies = [body(row) for row in rows]
    return tuple(
        Arrival(body=told, received_at=now, url=f"{table}#{hashlib.sha256(told).hexdigest()[:32]}") for told in bodies
    )
