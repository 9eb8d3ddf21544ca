"""A PostgreSQL that is stopped, killed, full, read-only or silent: told in bounded time, and made up for by itself."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack

import asyncpg
import pytest
from sqlalchemy import Connection, text

from conftest import not_run
from parts.loopback import free_port
from parts.missing import Missing
from parts.postgres import OwnPostgres
from parts.postgres import own_postgres as new_postgres
from peyvand.errors import Unavailable
from sessions import GATE, WAITING, session
from timeline.store import Database, open_database
from timeline.store.limits import Limits

pytestmark = pytest.mark.real
SHORT = Limits(connect_seconds=0.5, wait_seconds=0.5, read_seconds=0.5, write_seconds=0.5, lock_seconds=30)
BOUND = 10.0  # far below what the driver, the pool or TCP would wait


@pytest.fixture(scope="module", name="own_postgres")
def _own_postgres() -> Iterator[OwnPostgres]:
    """Give one server to all these tests; each leaves it running."""
    with ExitStack() as running:
        try:
            server = running.enter_context(new_postgres(durable=True))
        except Missing as missing:
            not_run(missing)
        yield server


@pytest.fixture
def url(own_postgres: OwnPostgres) -> Iterator[str]:
    with own_postgres.database() as name:
        yield name


@pytest.fixture
async def database(url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Database]:
    monkeypatch.setattr("timeline.store.connections.LATER_SECONDS", 0.3)
    opened = await open_database(url, SHORT)
    await opened.write(said("CREATE TABLE kept (one int PRIMARY KEY)"))
    yield opened
    async with asyncio.timeout(BOUND):
        await opened.close()


def said(statement: str) -> Callable[[Connection], object]:
    def work(connection: Connection) -> object:
        done = connection.execute(text(statement))
        return done.scalar() if done.returns_rows else None

    return work


async def works(database: Database) -> bool:
    """Tell whether everything works, however often it is asked for at once."""
    async with asyncio.timeout(BOUND):
        done = [do(said("SELECT 1")) for do in (database.read, database.write) for _ in range(6)]
        return await asyncio.gather(*done) == [1] * 12


async def refusal(do: Callable[[Callable[[Connection], object]], object], work: Callable[[Connection], object]) -> str:
    """Return in which words it is refused, in time."""
    async with asyncio.timeout(BOUND):
        with pytest.raises(Unavailable) as caught:
            await do(work)  # type: ignore[misc] # read and write are generic
    return str(caught.value)


async def test_a_server_that_is_not_there_is_told_in_words() -> None:
    with pytest.raises(Unavailable, match="it cannot be reached"):
        await open_database(f"postgresql+asyncpg://peyvand@127.0.0.1:{free_port()}/none", SHORT)


async def test_a_database_that_is_not_there_is_told_in_words(url: str) -> None:
    with pytest.raises(Unavailable, match="there is no such database"):
        await open_database(f"{url}_none", SHORT)


@pytest.mark.parametrize("end", ["stop", "kill"])
async def test_what_was_stopped_and_is_back_works_again_at_once(
    database: Database, own_postgres: OwnPostgres, end: str
) -> None:
    assert await works(database)
    await asyncio.to_thread(getattr(own_postgres, end))  # beside the loop, which is told of each end
    assert "it cannot be reached" in await refusal(database.read, said("SELECT 1"))
    assert "it cannot be reached" in await refusal(database.write, said("SELECT 1"))
    own_postgres.start()
    assert await works(database)


@pytest.mark.parametrize("end", ["stop", "kill"])
async def test_a_transaction_that_was_cut_off_is_told_and_leaves_nothing(
    database: Database, own_postgres: OwnPostgres, url: str, end: str
) -> None:
    def cut_off(connection: Connection) -> object:
        said("INSERT INTO kept VALUES (1)")(connection)
        # It waits for nobody's lock: a stopping server may end the holder first, and the write would be committed.
        return said("SELECT pg_sleep(600)")(connection)

    async with AsyncExitStack() as opened:
        beside = await opened.enter_async_context(session(url))
        writing = asyncio.create_task(refusal(database.write, cut_off))
        await beside.until("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
        await asyncio.to_thread(getattr(own_postgres, end))
        assert await writing
    own_postgres.start()
    assert await database.read(said("SELECT count(*) FROM kept")) == 0


async def test_sessions_that_an_administrator_ends_are_opened_again_unnoticed(database: Database, url: str) -> None:
    assert await works(database)
    async with session(url) as beside:
        await beside.end_theirs()
    assert await works(database)


async def test_a_server_that_takes_no_new_clients_is_told_in_words(
    database: Database, own_postgres: OwnPostgres, url: str
) -> None:
    async with session(url) as beside:  # it waits for this one
        await beside.end_theirs()
        own_postgres.drain()
        await beside.until_refused(url)
        assert "it is starting or stopping" in await refusal(database.read, said("SELECT 1"))
    own_postgres.stop()
    own_postgres.start()
    assert await works(database)


async def test_a_server_that_falls_silent_is_given_up_in_time_and_found_again(
    database: Database, own_postgres: OwnPostgres
) -> None:
    assert await works(database)
    own_postgres.pause()
    try:
        silent = [refusal(do, said("SELECT 1")) for do in (database.read, database.write) for _ in range(4)]
        assert len(await asyncio.gather(*silent)) == 8
        assert "did not answer in time" in await refusal(database.read, said("SELECT 1"))
    finally:
        own_postgres.resume()
    assert await works(database)


async def test_who_held_locks_when_the_server_fell_silent_does_not_hold_them_for_ever(
    database: Database, own_postgres: OwnPostgres, url: str
) -> None:
    async with session(url) as beside:
        await beside.do(f"SELECT pg_advisory_lock({GATE})")

        def held(connection: Connection) -> object:
            said("INSERT INTO kept VALUES (1)")(connection)
            return said(f"SELECT pg_advisory_xact_lock({GATE})")(connection)

        writing = asyncio.create_task(refusal(database.write, held))
        await beside.until(WAITING)
        own_postgres.pause()
        try:
            assert await writing
        finally:
            own_postgres.resume()
    assert await database.write(said("INSERT INTO kept VALUES (1) RETURNING one")) == 1


async def test_it_closes_in_time_while_the_server_is_silent(url: str, own_postgres: OwnPostgres) -> None:
    database = await open_database(url, SHORT)
    database.listen()
    assert await works(database)
    own_postgres.pause()
    try:
        async with asyncio.timeout(BOUND):
            await database.close()
    finally:
        own_postgres.resume()


async def test_a_server_without_a_place_for_us_is_told_in_words() -> None:
    with ExitStack() as running:
        try:
            server = running.enter_context(new_postgres("max_connections=6", "superuser_reserved_connections=0"))
        except Missing as missing:
            not_run(missing)
        database = await open_database(running.enter_context(server.database()), SHORT)
        await database.write(said("SELECT 1"))
        others = await _fill(server.url)
        assert "it has too many connections" in await refusal(database.read, said("SELECT 1"))
        for other in others:
            await other.close()
        assert await database.read(said("SELECT 1")) == 1
        await database.close()


async def _fill(url: str) -> list[asyncpg.Connection]:
    others = []
    while True:
        try:
            others.append(await asyncpg.connect(url))
        except asyncpg.TooManyConnectionsError:
            return others


async def test_a_standby_is_no_place_to_write_and_is_left_for_its_successor(database: Database, url: str) -> None:
    pid = said("SELECT pg_backend_pid()")
    async with session(url) as beside:
        before = await database.write(pid)
        await beside.do("ALTER SYSTEM SET default_transaction_read_only = on")
        await beside.do("SELECT pg_reload_conf()")
        await beside.until("SELECT setting = 'on' FROM pg_settings WHERE name = 'default_transaction_read_only'")
        assert "it is read-only" in await refusal(database.write, said("INSERT INTO kept VALUES (2)"))
        await beside.do("ALTER SYSTEM RESET default_transaction_read_only")
        await beside.do("SELECT pg_reload_conf()")
        await beside.until("SELECT setting = 'off' FROM pg_settings WHERE name = 'default_transaction_read_only'")
    assert await database.write(pid) != before
    assert await database.write(said("INSERT INTO kept VALUES (2) RETURNING one")) == 2
