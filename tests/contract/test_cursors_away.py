"""Cursors of a connector service while its database is away: told in words, and over when it is back."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime

import asyncpg
import pytest

from parts.postgres import OwnPostgres
from peyvand.cursors import Lease
from peyvand.errors import Rejected, Unavailable
from peyvand.leases import PostgresCursors
from timeline.store import open_database

pytestmark = pytest.mark.real
NOW = datetime(2026, 1, 1, tzinfo=UTC)
LEASE = Lease("box", "a", 1)
CALLS: dict[str, Callable[[PostgresCursors], Awaitable[object]]] = {
    "acquire": lambda cursors: cursors.acquire("box", "a", 30),
    "renew": lambda cursors: cursors.renew(LEASE, 30),
    "release": lambda cursors: cursors.release(LEASE),
    "load": lambda cursors: cursors.load(LEASE),
    "save": lambda cursors: cursors.save(LEASE, {"at": 1}),
    "polled": lambda cursors: cursors.polled("box", NOW),
    "failed": lambda cursors: cursors.failed("box", NOW, "away"),
}


@pytest.fixture
async def url(own_postgres: OwnPostgres) -> AsyncIterator[str]:
    """Name a database that the timeline has prepared, on a server that may be stopped."""
    with own_postgres.database() as url:
        await (await open_database(url)).close()
        yield url


async def refusals(cursors: PostgresCursors) -> set[str]:
    """Return in which words the calls are refused; each must be."""
    words = set()
    for call in CALLS.values():
        with pytest.raises(Unavailable) as away:
            await call(cursors)
        words.add(str(away.value))
    return words


async def test_a_database_that_is_stopped_and_started_needs_no_restart_of_ours(
    own_postgres: OwnPostgres, url: str
) -> None:
    async with PostgresCursors(url).running() as cursors:
        lease = await cursors.acquire("box", "a", 30)
        assert lease is not None
        await asyncio.to_thread(own_postgres.stop)
        assert await refusals(cursors) == {"the database cannot be reached"}
        assert await cursors.ready() == "the database cannot be reached"
        await asyncio.to_thread(own_postgres.start)
        await cursors.save(lease, {"at": 1})
        assert await cursors.ready() is None


async def test_what_is_under_way_when_the_database_stops_is_told_in_words(own_postgres: OwnPostgres, url: str) -> None:
    async with PostgresCursors(url).running() as cursors, AsyncExitStack() as stack:
        await cursors.polled("box", NOW)
        other = await asyncpg.connect(url.replace("+asyncpg", ""))
        stack.callback(other.terminate)
        await other.execute("BEGIN; UPDATE connector_state SET fence = fence + 1")
        waiting = asyncio.create_task(cursors.polled("box", NOW))
        watched = (
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = 'peyvand'"
        )
        while not await other.fetchval(watched):
            await asyncio.sleep(0.01)
        await asyncio.to_thread(own_postgres.stop)
        with pytest.raises(Unavailable, match=r"connection|starting or stopping|cannot be reached"):
            await waiting


async def test_a_database_that_hangs_is_given_up_in_time_and_used_when_it_goes_on(
    own_postgres: OwnPostgres, url: str
) -> None:
    async with PostgresCursors(url, seconds=0.5).running() as cursors:
        assert await cursors.ready() is None
        own_postgres.pause()
        began = time.monotonic()
        assert await cursors.ready() == "the database does not answer in time"
        assert await cursors.ready() == "the database does not answer in time"
        assert time.monotonic() - began < 5
        own_postgres.resume()
        assert await cursors.ready() is None


async def test_the_end_does_not_wait_for_a_database_that_hangs(own_postgres: OwnPostgres, url: str) -> None:
    async with PostgresCursors(url, seconds=0.5).running() as cursors:
        await cursors.polled("box", NOW)
        own_postgres.pause()
        began = time.monotonic()
    assert time.monotonic() - began < 5
    own_postgres.resume()


async def test_a_service_starts_while_the_database_is_away(own_postgres: OwnPostgres, url: str) -> None:
    await asyncio.to_thread(own_postgres.stop)
    async with PostgresCursors(url).running() as cursors:
        assert await cursors.ready() == "the database cannot be reached"
        await asyncio.to_thread(own_postgres.start)
        assert await cursors.acquire("box", "a", 30) is not None


async def test_a_database_without_room_for_us_is_told_in_words(own_postgres: OwnPostgres, url: str) -> None:
    async with AsyncExitStack() as stack:
        with suppress(asyncpg.TooManyConnectionsError):
            while True:
                stack.push_async_callback((await asyncpg.connect(own_postgres.url)).close)
        async with PostgresCursors(url).running() as cursors:
            assert "no room" in str(await cursors.ready())


async def test_a_database_that_the_timeline_has_not_prepared_is_told_in_words(postgres_url: str) -> None:
    async with PostgresCursors(postgres_url).running() as cursors:
        assert await refusals(cursors) == {"the timeline has not prepared this database yet"}
        await (await open_database(postgres_url)).close()
        assert await cursors.ready() is None


async def test_a_database_that_does_not_exist_is_told_in_words(postgres_url: str) -> None:
    async with PostgresCursors(f"{postgres_url}_of_nobody").running() as cursors:
        assert await cursors.ready() == "the database named in the address does not exist"


async def test_a_database_that_takes_no_writes_is_told_in_words(postgres_url: str) -> None:
    await (await open_database(postgres_url)).close()
    async with PostgresCursors(f"{postgres_url}?default_transaction_read_only=on").running() as cursors:
        with pytest.raises(Unavailable, match="takes no writes"):
            await cursors.acquire("box", "a", 30)


@pytest.mark.parametrize("query", ["", "?ssl=prefer", "?sslmode=prefer&application_name=mine"])
@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+asyncpg"])
async def test_one_address_serves_the_timeline_and_the_connectors(postgres_url: str, scheme: str, query: str) -> None:
    address = f"{scheme}://{postgres_url.partition('://')[2]}{query}"
    async with PostgresCursors(address).running() as cursors:
        assert await cursors.ready() == "the timeline has not prepared this database yet"


async def test_cursors_that_are_closed_say_so(postgres_url: str) -> None:
    cursors = PostgresCursors(postgres_url)
    assert await cursors.ready() == "the connections to the database are closed"


async def test_rights_and_columns_that_are_missing_are_told_in_words(postgres_url: str) -> None:
    await (await open_database(postgres_url)).close()
    admin = await asyncpg.connect(postgres_url.replace("+asyncpg", ""))
    async with PostgresCursors(postgres_url).running() as cursors:
        await admin.execute("ALTER TABLE connector_state RENAME COLUMN polled_at TO asked_at")
        with pytest.raises(Unavailable, match="not migrated this database to this version yet"):
            await cursors.polled("box", NOW)
    await admin.close()
    async with PostgresCursors(f"{postgres_url}?role=pg_monitor").running() as cursors:
        assert await cursors.ready() == "the database does not give this service the rights that it needs"


async def test_whatever_is_wrong_with_the_database_is_told_who_asks(postgres_url: str) -> None:
    async with PostgresCursors(f"{postgres_url}?work_mem=much").running() as cursors:
        assert await cursors.ready() == "the database cannot be used: InvalidParameterValueError"


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://peyvand:half/secret@127.0.0.1/peyvand",
        "postgresql://peyvand:half[secret@127.0.0.1/peyvand",
        "postgresql://peyvand:half#secret@127.0.0.1/peyvand",
        "postgresql://peyvand:secret@127.0.0.1:half/peyvand",
        "postgresql://peyvand:secret@127.0.0.1:1,127.0.0.1:half/peyvand",
    ],
)
def test_an_address_that_cannot_be_read_is_refused_without_saying_it(address: str) -> None:
    with pytest.raises(Rejected, match="the password must be %-encoded") as refused:
        PostgresCursors(address)
    assert "half" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


def test_a_way_of_encryption_that_nobody_knows_is_refused() -> None:
    with pytest.raises(Rejected, match="sslmode is one of disable"):
        PostgresCursors("postgresql://127.0.0.1/peyvand?ssl=bogus")


def test_an_address_of_another_database_is_refused_without_saying_it() -> None:
    with pytest.raises(Rejected, match="not sqlite") as refused:
        PostgresCursors("sqlite:///secret.db")
    assert "secret" not in str(refused.value)
