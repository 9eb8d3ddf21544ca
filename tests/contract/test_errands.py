"""The port Errands, and each adapter of it: nothing is asked twice, nobody does what another is doing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid5

import pytest

from peyvand.errands import Errand, Errands, Task
from peyvand.errands.postgres import PostgresErrands
from peyvand.leases import PostgresCursors
from timeline.store import SqlErrands, open_database

START = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = UUID("6a6fd9a4-2f31-5d61-8a01-6e0d2a4f1c11")
ADAPTERS = ["timeline-sqlite", "timeline-postgres", "service-postgres"]
REAL = [pytest.param(name, marks=pytest.mark.real if "postgres" in name else ()) for name in ADAPTERS]


@pytest.fixture(params=REAL)
async def errands(request: pytest.FixtureRequest) -> AsyncIterator[Errands]:
    """Give errands of each kind that outlives a process."""
    folder: Path = request.getfixturevalue("tmp_path")
    postgres = "postgres" in request.param
    url = request.getfixturevalue("postgres_url") if postgres else f"sqlite:///{folder}/store.db"
    async with AsyncExitStack() as stack:
        database = await open_database(url)
        stack.push_async_callback(database.close)
        if request.param == "service-postgres":
            cursors = await stack.enter_async_context(PostgresCursors(url).running())
            yield PostgresErrands(cursors.database)
        else:
            yield SqlErrands(database)


def errand(name: str, connector: str = "bot", task: Task = Task.FETCH) -> Errand:
    number = int(name) if name.isdecimal() else 0
    return Errand(connector, task, uuid5(NAMES, name), name.encode(), START + timedelta(minutes=number))


def names(found: list[Errand]) -> list[str]:
    return [e.payload.decode() for e in found]


async def claimed(errands: Errands, holder: str = "a", seconds: float = 60, most: int = 10) -> list[Errand]:
    return await errands.claim(Task.FETCH, ["bot"], holder, seconds, most)


async def once_free(errands: Errands) -> list[Errand]:
    """Return what another holder claims as soon as a claim has run out."""
    async with asyncio.timeout(10):
        while not (found := await claimed(errands, "b")):
            await asyncio.sleep(0.01)
    return found


async def test_what_is_put_twice_is_one_also_when_it_is_done(errands: Errands) -> None:
    await errands.put([errand("1"), errand("2"), errand("1")])
    await errands.put([errand("1")])
    assert names(await errands.line(Task.FETCH, "bot", 10)) == ["1", "2"]
    for one in await claimed(errands):
        await errands.done(one)
    await errands.put([errand("1")])
    assert await errands.line(Task.FETCH, "bot", 10) == []


async def test_what_is_claimed_is_nobody_elses_until_the_claim_runs_out(errands: Errands) -> None:
    await errands.put([errand("1")])
    (mine,) = await claimed(errands, seconds=0.01)
    assert (mine.attempts, mine.born, mine.key) == (1, START + timedelta(minutes=1), errand("1").key)
    again = await once_free(errands)
    assert again[0].attempts == 2
    assert await claimed(errands) == []


async def test_a_claim_that_is_renewed_does_not_run_out_and_another_holder_cannot_renew_it(errands: Errands) -> None:
    await errands.put([errand("1"), errand("2")])
    one, two = await claimed(errands, seconds=0.3)
    await errands.renew(one, "a", 60)
    await errands.renew(two, "b", 60)
    again = await once_free(errands)
    assert names(again) == ["2"]


async def test_several_copies_at_once_share_what_there_is(errands: Errands) -> None:
    await errands.put([errand(str(n)) for n in range(30)])
    found = await asyncio.gather(*(claimed(errands, f"copy-{n}", most=5) for n in range(6)))
    while more := await claimed(errands, "last", most=30):  # what two wanted at the same moment
        found.append(more)
    shared = [name for some in found for name in names(some)]
    assert sorted(shared) == sorted(str(n) for n in range(30))
    assert all(len(some) <= 5 for some in found[:6])


async def test_who_is_started_again_under_his_name_need_not_wait(errands: Errands) -> None:
    await errands.put([errand("1"), errand("2")])
    await claimed(errands, most=1)
    await claimed(errands, "b", most=1)
    await errands.let_go("a")
    assert names(await claimed(errands)) == ["1"]


async def test_what_failed_is_due_again_later_with_its_reason(errands: Errands) -> None:
    await errands.put([errand("1"), errand("2")])
    one, two = await claimed(errands)
    await errands.later(one, 3600, "the host\0 is away")
    await errands.later(two, 0, "at once")
    (again,) = await claimed(errands)
    assert (again.payload, again.attempts, again.error) == (b"2", 2, "at once")
    (first, _) = await errands.line(Task.FETCH, "bot", 10)
    assert (first.payload, first.error) == (b"1", "the host is away")


async def test_only_what_was_asked_for_is_claimed(errands: Errands) -> None:
    await errands.put([errand("1", "other"), errand("2", task=Task.RELAY), errand("3")])
    assert names(await claimed(errands)) == ["3"]


async def test_a_line_stands_in_the_order_of_its_putting(errands: Errands) -> None:
    await errands.put([errand(n) for n in ("9", "3", "7")])
    await errands.put([errand("1")])
    line = await errands.line(Task.FETCH, "bot", 3)
    await errands.done(line[0])
    assert names(line) == ["9", "3", "7"]
    assert names(await errands.line(Task.FETCH, "bot", 9)) == ["3", "7", "1"]


async def test_what_waits_is_counted_with_the_oldest_and_its_reason(errands: Errands) -> None:
    await errands.put([errand("5"), errand("6"), errand("7", "other", Task.RELAY)])
    assert await errands.waiting(Task.RELAY, ["bot", "none"]) == {}
    one, _ = await claimed(errands)
    await errands.later(one, 60, "why")
    found = (await errands.waiting(Task.FETCH, ["bot", "other"]))["bot"]
    assert (found.count, found.oldest, found.error) == (2, START + timedelta(minutes=5), "why")


async def test_what_was_done_long_ago_is_forgotten_and_what_waits_is_not(errands: Errands) -> None:
    await errands.put([errand("1"), errand("2")])
    await errands.done((await claimed(errands))[0])
    await errands.forget(3600)
    await errands.put([errand("1")])
    assert names(await errands.line(Task.FETCH, "bot", 9)) == ["2"]
    await errands.forget(0)
    await errands.put([errand("1")])
    assert names(await errands.line(Task.FETCH, "bot", 9)) == ["2", "1"]
