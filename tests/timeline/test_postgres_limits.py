"""What a process takes of a PostgreSQL and how long it waits for it; past that the caller is told to come back."""

import asyncio
import time
import traceback
from collections.abc import AsyncIterator, Callable

import pytest
from sqlalchemy import Connection, text

from peyvand.errors import Rejected, Unavailable
from sessions import GATE, THEIRS, WAITING, Session, session
from timeline.store import Database, open_database
from timeline.store.connections import take_time
from timeline.store.limits import Limits

pytestmark = pytest.mark.real
SHORT = Limits(
    application="limited",
    writers=2,
    readers=2,
    wait_seconds=0.3,
    read_seconds=0.3,
    write_seconds=3,
    lock_seconds=2,
    idle_seconds=0.3,
)


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    opened = await open_database(postgres_url, SHORT)
    yield opened
    await opened.close()


@pytest.fixture
async def beside(postgres_url: str) -> AsyncIterator[Session]:
    async with session(postgres_url) as opened:
        yield opened


def said(statement: str) -> Callable[[Connection], object]:
    return lambda connection: connection.execute(text(statement)).scalar()


async def test_a_statement_that_takes_too_long_is_cancelled_by_the_server(database: Database) -> None:
    with pytest.raises(Unavailable, match="a statement took too long"):
        await database.read(said("SELECT pg_sleep(20)"))
    with pytest.raises(Unavailable, match="a statement took too long"):
        await database.write(said("SELECT pg_sleep(20)"))
    assert await database.read(said("SELECT 1")) == 1


async def test_a_lock_that_is_not_free_in_time_is_not_waited_for(database: Database, beside: Session) -> None:
    await beside.do(f"SELECT pg_advisory_lock({GATE})")
    with pytest.raises(Unavailable, match="a lock was not free in time"):
        await database.write(said(f"SELECT pg_advisory_xact_lock({GATE})"))


async def test_of_two_that_wait_for_each_other_one_is_told_to_come_back(database: Database) -> None:
    def crosswise(first: int, second: int) -> Callable[[Connection], object]:
        def work(connection: Connection) -> object:
            said(f"SELECT pg_advisory_xact_lock({first})")(connection)
            held = f"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = {second} AND granted"
            while not said(held)(connection):
                pass  # each question lets the other go on
            return said(f"SELECT pg_advisory_xact_lock({second})")(connection)

        return work

    both = await asyncio.gather(
        database.write(crosswise(1, 2)), database.write(crosswise(2, 1)), return_exceptions=True
    )
    (refused,) = [done for done in both if isinstance(done, Unavailable)]
    assert "two transactions waited for each other" in str(refused)


async def test_who_stands_still_in_a_transaction_lets_its_locks_go(database: Database, beside: Session) -> None:
    def stands_still(connection: Connection) -> object:
        said(f"SELECT pg_advisory_xact_lock({GATE})")(connection)
        time.sleep(1)  # as a process does that is stopped, or swapped out
        return said("SELECT 1")(connection)

    with pytest.raises(Unavailable):
        await database.write(stands_still)
    await beside.until(f"SELECT pg_try_advisory_lock({GATE})", seconds=2)
    assert await database.write(said("SELECT 1")) == 1


async def test_work_that_takes_its_time_has_no_limits_and_the_next_has(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("timeline.store.connections.LATER_SECONDS", 0.1)

    def patient(connection: Connection) -> object:
        take_time(connection)
        said("SELECT pg_sleep(0.6)")(connection)
        return said("SHOW lock_timeout")(connection)

    database = await open_database(postgres_url, SHORT.model_copy(update={"write_seconds": 0.2, "writers": 1}))
    assert await database.write(patient) == "0"
    assert await database.write(said("SHOW lock_timeout")) == "2s"
    with pytest.raises(Unavailable):
        await database.write(said("SELECT pg_sleep(20)"))
    await database.close()


async def test_a_process_takes_no_more_connections_than_it_may(database: Database, beside: Session) -> None:
    database.listen()
    asked = [do(said("SELECT pg_sleep(0.1)")) for do in (database.read, database.write) for _ in range(4)]
    await asyncio.gather(*asked)
    names = await beside.ask(f"SELECT array_agg(application_name) FROM pg_stat_activity WHERE {THEIRS}")
    assert names == ["limited"] * 5


async def test_pages_that_take_all_their_connections_do_not_starve_the_writers(
    postgres_url: str, beside: Session
) -> None:
    database = await open_database(postgres_url, SHORT.model_copy(update={"read_seconds": 10}))
    await beside.do("CREATE TABLE busy (one int)")
    await beside.do("BEGIN; LOCK TABLE busy")
    pages = [asyncio.create_task(database.read(said("SELECT 1 FROM busy"))) for _ in range(SHORT.readers)]
    await beside.until(f"SELECT count(*) = {SHORT.readers} FROM pg_locks WHERE NOT granted")
    assert await database.write(said("SELECT 1")) == 1
    await beside.do("ROLLBACK")
    await asyncio.gather(*pages)
    await database.close()


async def test_who_finds_all_our_connections_in_use_waits_no_longer_than_told(
    database: Database, beside: Session
) -> None:
    await beside.do(f"SELECT pg_advisory_lock({GATE})")
    held = [asyncio.create_task(database.write(said(f"SELECT pg_advisory_xact_lock({GATE})"))) for _ in range(2)]
    await beside.until(f"{WAITING} HAVING count(*) = 2")
    with pytest.raises(Unavailable, match="all our connections to it are in use"):
        await database.write(said("SELECT 1"))
    await beside.do(f"SELECT pg_advisory_unlock({GATE})")
    await asyncio.gather(*held)
    assert await database.write(said("SELECT 1")) == 1


async def test_a_caller_who_goes_away_leaves_no_connection_behind(database: Database, beside: Session) -> None:
    for _ in range(2 * SHORT.writers):
        gone = asyncio.create_task(database.write(said("SELECT pg_sleep(2)")))
        await beside.until(f"SELECT count(*) > 0 FROM pg_stat_activity WHERE {THEIRS} AND wait_event = 'PgSleep'")
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
    assert await asyncio.gather(*(database.write(said("SELECT 1")) for _ in range(2))) == [1, 1]


async def test_a_value_that_the_driver_cannot_send_is_refused_for_good_and_not_repeated(database: Database) -> None:
    wrong = text("SELECT CAST(:n AS integer)")
    with pytest.raises(Rejected) as caught:
        await database.write(lambda connection: connection.execute(wrong, {"n": 99_999_999_999}))
    assert "9999" not in "".join(traceback.format_exception(caught.value))


async def test_a_value_that_the_server_does_not_take_is_refused_for_good_and_not_repeated(database: Database) -> None:
    wrong, value = text("SELECT CAST(CAST(:n AS text) AS integer)"), {"n": "sara@example.ir"}
    with pytest.raises(Rejected, match="InvalidTextRepresentationError") as caught:
        await database.write(lambda connection: connection.execute(wrong, value))
    assert "sara" not in "".join(traceback.format_exception(caught.value))


async def test_tables_that_another_process_changed_cost_one_try(database: Database, beside: Session) -> None:
    await beside.do("CREATE TABLE grown (one int)")
    assert await database.write(said("SELECT * FROM grown")) is None
    await beside.do("ALTER TABLE grown ADD COLUMN two int")
    with pytest.raises(Unavailable, match="its tables were changed"):
        await database.write(said("SELECT * FROM grown"))
    assert await database.write(said("SELECT * FROM grown")) is None
