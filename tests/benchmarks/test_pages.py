"""First, deep and filtered page of a customer with 100,000 interactions and 12 handles against one with 100."""

import math
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from making import ORGANISATION, address, customer, message, mobile, reading, telegram
from peyvand.event import Direction, InteractionEvent
from peyvand.identity import Handle
from timeline.ports import Filters, Principal
from timeline.record import record
from timeline.store import Database, SqlStore, SqlTimelines, open_database

EVERYBODY = Principal("bench")
LARGE, SMALL, HANDLES, LIMIT, ROUNDS = 100_000, 100, 12, 50, 40
CHANNELS = ("email", "telegram", "phone", "web")


def _people(first: int) -> list[Handle]:
    """Return twelve handles of one customer, and the form that joins them."""
    return [
        *(telegram(first + n) for n in range(4)),
        *(mobile(f"0912{first + n:07d}") for n in range(1, 5)),
        *(address(f"a{first + n}@b.test") for n in range(4)),
    ]


def _events(first: int, count: int) -> Iterator[InteractionEvent]:
    handles = _people(first)
    yield message(f"{first}-joined", [customer(*handles, name=f"customer {first}")], "form", 0, channel="web")
    for n in range(1, count):
        yield message(
            f"{first}-{n}", [customer(handles[n % HANDLES])], f"متن پیام شمارهٔ {n} دربارهٔ سفارش و ارسال کالا", n,
            channel=CHANNELS[n % 4], direction=Direction.INBOUND if n % 3 else Direction.OUTBOUND,
        )  # fmt: skip


@pytest.mark.bench
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_pages_stay_flat(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path}/store.db" if kind == "sqlite" else request.getfixturevalue("postgres_url")
    database = await open_database(url)
    store, timelines = SqlStore(database, ORGANISATION.id), SqlTimelines(database, ORGANISATION)
    ids = {}
    begun = time.perf_counter()
    for first, count in ((1_000_000, LARGE), (5_000_000, SMALL)):
        batch = []
        for event in _events(first, count):
            batch.append(reading(event))
            if len(batch) == 500:
                await record(batch, store)
                batch = []
        await record(batch, store) if batch else None
        (hit,) = await timelines.search(EVERYBODY, f"a{first}@b.test", 1)
        assert len(hit.customer.handles) == HANDLES
        ids[count] = hit.customer.id
    filled = time.perf_counter() - begun
    small, large = await _pages(timelines, ids[SMALL], 2), await _pages(timelines, ids[LARGE], LARGE // LIMIT // 2)
    size = await _bytes(database)
    with capsys.disabled():
        print(f"\n{kind}: {LARGE + SMALL} interactions recorded in batches of 500 at {(LARGE + SMALL) / filled:.0f}/s")
        for name in large:
            a, b = large[name] * 1e3, small[name] * 1e3
            print(f"  {name} page of {LIMIT}: {a:.1f} ms of {LARGE}, {b:.1f} ms of {SMALL}; ratio {a / b:.2f}")
        print(f"  bytes per interaction, raw delivery and indexes included: {size / (LARGE + SMALL):.0f}")
    assert max(large.values()) < 0.05
    await database.close()


async def _pages(timelines: SqlTimelines, customer_id: UUID, depth: int) -> dict[str, float]:
    """Return the median seconds of each kind of page."""
    deep = None
    for _ in range(depth):
        page = await timelines.page(EVERYBODY, customer_id, Filters(), deep, LIMIT if depth > 2 else 25)
        deep = page.older or deep
    asked = {
        "first": (Filters(), None),
        "deep": (Filters(), deep),
        "filtered": (Filters(channels=frozenset({"phone"}), directions=frozenset({Direction.OUTBOUND})), None),
    }
    return {name: await _median(timelines, customer_id, *what) for name, what in asked.items()}


async def _median(timelines: SqlTimelines, customer_id: UUID, filters: Filters, cursor: str | None) -> float:
    taken = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        page = await timelines.page(EVERYBODY, customer_id, filters, cursor, LIMIT)
        taken.append(time.perf_counter() - begun)
        assert page.entries
    return statistics.median(taken)


async def _bytes(database: Database) -> int:
    sizes = ["SELECT pg_database_size(current_database())"]
    if database.dialect == "sqlite":
        sizes = ["PRAGMA page_count", "PRAGMA page_size"]
    found = [await database.read(lambda c, q=query: int(c.execute(text(q)).scalar_one())) for query in sizes]  # type: ignore[misc]
    return math.prod(found)
