"""The rows that a store holds, in the batches in which they came, and the fastest way to write the very same again."""

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

import asyncpg

from peyvand.event import InteractionEvent
from peyvand.publish import Receipt
from timeline.ports import Inserted, Transaction
from timeline.store import SqlStore
from timeline.store.writing import SqlTransaction

T = TypeVar("T")
Rows = list[tuple[Any, ...]]
Batch = Mapping[str, Rows]

# By which column a table's rows belong to a batch, and to what of it.
BY = {
    "delivery": ("id", "delivery"),
    "event": ("id", "event"),
    "evidence": ("event_id", "event"),
    "interaction": ("id", "interaction"),
    "participation": ("interaction_id", "interaction"),
    "change": ("ref", "interaction"),
    "handle": ("first_event", "event"),
    "handle_name": ("handle_id", "handle"),
    "link": ("a", "handle"),
    "change_log": ("cause", "event"),
    "interaction_words": ("rowid", "word"),
}


class Noting(SqlStore):
    """The product's own store, with a note of what came in which transaction, and when the first and the last ran."""

    def __init__(self, store: SqlStore) -> None:
        super().__init__(store.database, store.organisation, store.rules)
        self.batches: list[tuple[list[UUID], list[UUID]]] = []
        self.began = self.ended = 0.0
        self.events = 0

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        self.began = self.began or time.perf_counter()
        noted: tuple[list[UUID], list[UUID]] = ([], [])

        def noting(connection: Any) -> T:
            return work(_Noting(connection, self, noted))

        done = await self.database.write(noting)
        self.ended = time.perf_counter()
        self.batches.append(noted)
        self.events += len(noted[1])
        return done


class _Noting(SqlTransaction):
    def __init__(self, connection: Any, store: SqlStore, noted: tuple[list[UUID], list[UUID]]) -> None:
        super().__init__(connection, store.organisation, store.rules)
        self.noted = noted

    def insert(self, receipts: Sequence[Receipt], events: Sequence[InteractionEvent]) -> Inserted:
        self.noted[0].extend(r.delivery.id for r in receipts)
        self.noted[1].extend(e.event_id for e in events)
        return super().insert(receipts, events)


async def rows_of(url: str, batches: Sequence[tuple[list[UUID], list[UUID]]]) -> list[dict[str, Rows]]:
    """Return the rows of every table, batch by batch."""
    connection = await _connect(url)
    place: dict[str, dict[Any, int]] = defaultdict(dict)
    for n, (deliveries, events) in enumerate(batches):
        place["delivery"].update(dict.fromkeys(deliveries, n))
        place["event"].update(dict.fromkeys(events, n))
    for row in await connection.fetch("SELECT id, interaction_id FROM event"):
        known = place["interaction"].get(row["interaction_id"], len(batches))
        place["interaction"][row["interaction_id"]] = min(known, place["event"][row["id"]])
    for row in await connection.fetch("SELECT id, first_event FROM handle"):
        place["handle"][row["id"]] = place["event"][row["first_event"]]
    for row in await connection.fetch("SELECT seq, id FROM interaction"):
        place["word"][row["seq"]] = place["interaction"][row["id"]]
    found: list[dict[str, Rows]] = [{name: [] for name in BY} for _ in batches]
    for name, (column, what) in BY.items():
        columns = "rowid, words::text AS words" if name == "interaction_words" else "*"
        for row in await connection.fetch(f'SELECT {columns} FROM "{name}"'):
            found[place[what].get(row[column], 0)][name].append(tuple(row))
    await connection.close()
    return found


async def seconds_to_write(url: str, batches: Sequence[Batch]) -> float:
    """Return how long PostgreSQL takes for the batches, a transaction each, every table by COPY."""
    connection = await _connect(url)
    begun = time.perf_counter()
    for batch in batches:
        async with connection.transaction():
            for name, rows in batch.items():
                if rows and name != "interaction_words":
                    await connection.copy_records_to_table(name, records=rows)
            if words := batch["interaction_words"]:
                await connection.execute(
                    "INSERT INTO interaction_words(rowid, words) SELECT * FROM"
                    " (SELECT unnest($1::bigint[]), unnest($2::text[])::tsvector) AS new",
                    [rowid for rowid, _ in words], [text for _, text in words],
                )  # fmt: skip
    took = time.perf_counter() - begun
    await connection.close()
    return took


async def _connect(url: str) -> Any:
    connection = await asyncpg.connect(url.replace("postgresql+asyncpg", "postgresql"))
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", format="binary",
        encoder=lambda text: b"\x01" + text.encode(), decoder=lambda content: bytes(content)[1:].decode(),
    )  # fmt: skip
    return connection
