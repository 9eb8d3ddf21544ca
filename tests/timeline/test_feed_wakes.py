"""The change feed on PostgreSQL: a commit wakes the pages of other processes, and no cursor passes over a late row."""

import asyncio
from collections.abc import AsyncIterator, Callable
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy import Connection, text

from making import ORGANISATION
from sessions import GATE, THEIRS, WAITING, Session, session
from timeline.ports import Principal
from timeline.store import Database, SqlTimelines, open_database
from timeline.store.bell import Bell
from timeline.store.saving import tell

pytestmark = pytest.mark.real
EVERYBODY = Principal("test")
BELL = "query SIMILAR TO '(LISTEN|NOTIFY)%' AND state = 'idle'"
BELLS = f"(SELECT count(*) FROM pg_stat_activity WHERE {THEIRS} AND {BELL})"
LONG = 10.0  # far above what a wake-up takes, and never waited for


@pytest.fixture
async def here(postgres_url: str) -> AsyncIterator[Database]:
    """Give the process that records."""
    database = await open_database(postgres_url)
    yield database
    await database.close()


@pytest.fixture
async def there(postgres_url: str) -> AsyncIterator[Database]:
    """Give the process that shows pages."""
    database = await open_database(postgres_url)
    yield database
    await database.close()


@pytest.fixture
async def beside(postgres_url: str) -> AsyncIterator[Session]:
    async with session(postgres_url) as opened:
        yield opened


def changing(customer: UUID, then: Callable[[Connection], object] = lambda _: None) -> Callable[[Connection], None]:
    """Return work that changes a customer, then does something before it commits."""

    def work(connection: Connection) -> None:
        tell(connection, "customer", [customer])
        then(connection)

    return work


def held_up(connection: Connection) -> None:
    connection.execute(text(f"SELECT pg_advisory_xact_lock({GATE})"))


async def woken(database: Database) -> None:
    """Return once a reader has been woken. Raises TimeoutError."""
    clock = asyncio.get_running_loop().time
    began = clock()
    await SqlTimelines(database, ORGANISATION).wait(LONG)
    if clock() - began >= LONG:
        raise TimeoutError("nothing woke the reader")


async def followed(database: Database, after: str, *customers: UUID) -> list[bool]:
    """Return of which customers the feed tells."""
    timelines = SqlTimelines(database, ORGANISATION)
    return [(await timelines.changes(EVERYBODY, each, after, 100)).regrouped for each in customers]


async def test_a_commit_in_one_process_wakes_a_reader_in_another(
    here: Database, there: Database, beside: Session
) -> None:
    there.listen()
    await beside.until(f"SELECT {BELLS} = 2")  # who has written has a bell, too
    reader = asyncio.create_task(woken(there))
    await asyncio.sleep(0)
    await here.write(changing(uuid4()))
    await reader


async def test_a_reader_whose_connection_is_lost_listens_again_and_is_woken_for_what_it_missed(
    there: Database, beside: Session
) -> None:
    there.listen()
    await beside.until(f"SELECT {BELLS} = 1")
    reader = asyncio.create_task(woken(there))
    await asyncio.sleep(0)
    await beside.end_theirs(BELL)
    await reader
    await beside.until(f"SELECT {BELLS} = 1")


async def test_a_failure_that_nobody_thought_of_does_not_end_the_listening(postgres_url: str) -> None:
    failures, rung = [RuntimeError("a bug"), ValueError("another")], asyncio.Event()

    async def connect() -> asyncpg.Connection:
        if failures:
            raise failures.pop()
        return await asyncpg.connect(postgres_url.replace("+asyncpg", ""))

    async def ring() -> None:
        rung.set()

    bell = Bell(connect, ring)
    bell.start()
    async with asyncio.timeout(LONG):
        await rung.wait()
    await bell.close()


async def test_many_commits_are_few_rings(here: Database, beside: Session) -> None:
    heard = asyncio.Queue[int]()
    await beside.connection.add_listener("peyvand_committed", lambda *_: heard.put_nowait(1))
    await asyncio.gather(*(here.write(changing(uuid4())) for _ in range(60)))
    async with asyncio.timeout(LONG):
        await heard.get()
    await here.close()
    assert heard.qsize() < 20


async def test_no_cursor_passes_over_a_transaction_that_began_earlier_and_commits_later(
    here: Database, there: Database, beside: Session
) -> None:
    early, late = uuid4(), uuid4()
    start = await SqlTimelines(there, ORGANISATION).feed_end()
    await beside.do(f"SELECT pg_advisory_lock({GATE})")
    writing = asyncio.create_task(here.write(changing(early, held_up)))
    await beside.until(WAITING)
    await here.write(changing(late))
    assert await followed(there, start, early, late) == [False, False]
    assert await SqlTimelines(there, ORGANISATION).feed_end() == start
    await beside.do(f"SELECT pg_advisory_unlock({GATE})")
    await writing
    assert await followed(there, start, early, late) == [True, True]


async def test_a_long_look_does_not_hold_the_feed_up(here: Database, there: Database, beside: Session) -> None:
    changed = uuid4()
    start = await SqlTimelines(there, ORGANISATION).feed_end()
    await beside.do("BEGIN ISOLATION LEVEL REPEATABLE READ")
    assert await beside.ask("SELECT count(*) FROM change") == 0
    await here.write(changing(changed))
    assert await followed(there, start, changed) == [True]
    await beside.do("ROLLBACK")


async def test_a_writer_that_stands_still_holds_the_feed_up_until_the_server_ends_it(
    postgres_url: str, there: Database, beside: Session
) -> None:
    stuck, changed = uuid4(), uuid4()
    start = await SqlTimelines(there, ORGANISATION).feed_end()
    # beside our own writers: one whose process has stopped after its first statement
    await beside.do("SET idle_in_transaction_session_timeout = 300")
    await beside.do("BEGIN")
    await beside.do(f"INSERT INTO change (txid, kind, ref) VALUES (pg_current_xact_id()::text::bigint, 'x', '{stuck}')")
    await there.write(changing(changed))
    held = await followed(there, start, changed)
    async with asyncio.timeout(LONG), session(postgres_url) as other:
        await other.until("SELECT count(*) = 0 FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'")
    assert (held, await followed(there, start, changed)) == ([False], [True])


async def test_a_restored_dump_holds_nothing_up(here: Database, postgres_url: str) -> None:
    customer = uuid4()
    await here.write(changing(customer))
    await here.write(lambda c: c.execute(text("UPDATE change SET txid = txid + 1000000000")))
    restored = await open_database(postgres_url)
    timelines = SqlTimelines(restored, ORGANISATION)
    before = await timelines.feed_end()
    await restored.write(changing(customer))
    changes = await timelines.changes(EVERYBODY, customer, before, 10)
    await restored.close()
    assert before != "0.0"
    assert changes.regrouped
