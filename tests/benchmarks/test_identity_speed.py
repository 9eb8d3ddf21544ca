"""What matching costs: the same stream recorded with it and without, a switchboard of 20,000 and a chain of 3,000."""

import statistics
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select
from sqlmodel import SQLModel

from making import ORGANISATION, address, customer, message, reading, telegram
from peyvand.event import InteractionEvent
from peyvand.identity import Handle, Proof
from timeline.record import record
from timeline.store import SqlStore, open_database
from timeline.store.statements import chunks, insert_all, table, write
from timeline.store.tables import HandleNameRow, HandleRow, LinkRow
from timeline.store.writing import SqlTransaction

pytestmark = [pytest.mark.bench, pytest.mark.timeout(0)]

BATCH = 500
PEOPLE, KNOWN = 4_000, 20_000
TURNS = 3
DERIVED = (HandleRow, LinkRow, HandleNameRow)


class Unmatched(SqlTransaction):
    """A transaction that stores all but who is who."""

    def resolve(self, added: Sequence[InteractionEvent], removed: Sequence[InteractionEvent]) -> None:
        """Do nothing."""


class WithoutMatching(SqlStore):
    """A store that matches nobody."""

    async def transact(self, work: Any) -> Any:
        return await self.database.write(lambda c: work(Unmatched(c, self.organisation, self.rules)))


def _handles(person: int) -> list[Handle]:
    number = f"+98912{person:07d}"
    return [Handle(kind="phone", value=number, written=number), address(f"person{person}@example.com")]


def _stream(count: int, first: int = 0, people: int = PEOPLE, prefix: str = "m") -> list[InteractionEvent]:
    return [
        message(f"{prefix}{n}", [customer(*_handles(first + n % people), name=f"نام {n % people}")], f"text {n}", n)
        for n in range(count)
    ]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.real)])
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[list[SqlStore]]:
    """Open two empty stores: one that matches and one that does not."""
    urls = [f"sqlite:///{tmp_path}/{name}.db" for name in ("with", "without")]
    if request.param == "postgres":
        server = request.getfixturevalue("postgres")
        with server.database() as one, server.database() as other:
            async for opened in _opened([one, other]):
                yield opened
        return
    async for opened in _opened(urls):
        yield opened


async def _opened(urls: list[str]) -> AsyncIterator[list[SqlStore]]:
    databases = [await open_database(url) for url in urls]
    yield [SqlStore(databases[0], ORGANISATION.id), WithoutMatching(databases[1], ORGANISATION.id)]
    for database in databases:
        await database.close()


async def _recorded(store: SqlStore, events: Sequence[InteractionEvent]) -> float:
    """Return how many seconds it takes to record a stream."""
    parts = [[reading(e) for e in part] for part in chunks(events, BATCH)]
    began = time.perf_counter()
    for part in parts:
        await record(part, store)
    return time.perf_counter() - began


async def test_matching_beside_storing(stores: list[SqlStore]) -> None:
    matching, without = stores
    new, known = [], []
    for turn in range(TURNS):
        stream = _stream(PEOPLE, first=turn * PEOPLE, prefix=f"new{turn}-")
        with_, plain = await _recorded(matching, stream), await _recorded(without, stream)
        rows = await _write_derived(matching, without)
        new.append((plain + rows) / with_)
    for turn in range(TURNS):
        stream = _stream(KNOWN // TURNS, prefix=f"known{turn}-")
        stream = [e.model_copy(update={"occurred_at": e.occurred_at.replace(year=2027)}) for e in stream]
        with_, plain = await _recorded(matching, stream), await _recorded(without, stream)
        known.append(plain / with_)
        rate = len(stream) / with_
    print(f"\nall known: {statistics.median(known):.2f} of storing without matching ({rate:,.0f} interactions/s)")
    print(f"all new: {statistics.median(new):.2f} of writing the same rows")


async def _write_derived(from_: SqlStore, to: SqlStore) -> float:
    """Write the rows of handles, links and names that are not there yet, as one would who knew them; seconds."""
    spent = 0.0
    for model in DERIVED:
        there = {tuple(row.values()) for row in await _rows(to, model)}
        missing = [row for row in await _rows(from_, model) if tuple(row.values()) not in there]
        began = time.perf_counter()
        for part in chunks(missing, BATCH):
            await _insert(to, model, part)
        spent += time.perf_counter() - began
    return spent


async def _rows(store: SqlStore, model: type[SQLModel]) -> list[dict[str, Any]]:
    def work(connection: Connection) -> list[dict[str, Any]]:
        return [dict(row) for row in connection.execute(select(table(model))).mappings()]

    return await store.database.read(work)


async def _insert(store: SqlStore, model: type[SQLModel], rows: list[dict[str, Any]]) -> None:
    def work(connection: Connection) -> None:
        write(connection, insert_all(connection.dialect.name, model), rows)

    await store.database.write(work)


async def test_a_switchboard_of_twenty_thousand_is_as_fast_at_its_end(stores: list[SqlStore]) -> None:
    office = address("reception@firm.ir")
    rates = []
    for begin in range(0, 20_000, 2_000):
        events = [
            message(f"s{n}", [customer(office, *_handles(100_000 + n)[:1])], f"text {n}", n)
            for n in range(begin, begin + 2_000)
        ]
        rates.append(2_000 / await _recorded(stores[0], events))
    print(f"\nswitchboard: {rates[0]:,.0f}/s at first, {rates[-1]:,.0f}/s at 20,000: {rates[-1] / rates[0]:.2f}")


async def test_a_chain_of_three_thousand_links(stores: list[SqlStore]) -> None:
    plain = _stream(3_000, first=500_000, people=3_000, prefix="rest")
    rest = len(plain) / await _recorded(stores[0], plain)
    chain = [
        message(f"c{n}", [customer(telegram(10_000 + n, Proof.CLAIMED), telegram(10_001 + n, Proof.CLAIMED))], "x", n)
        for n in range(3_000)
    ]
    rate = len(chain) / await _recorded(stores[0], chain)
    largest = await stores[0].database.read(_largest)
    print(f"\nchain: {rate:,.0f}/s beside {rest:,.0f}/s of the rest: {rate / rest:.2f}; largest customer {largest}")


def _largest(connection: Any) -> int:
    return max(Counter(connection.execute(select(table(HandleRow).c.customer)).scalars()).values())
