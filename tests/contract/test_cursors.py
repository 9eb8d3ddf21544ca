"""The port Cursors, and each adapter of it: one copy polls, and a copy that wakes up late cannot write."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from making import ORGANISATION
from peyvand.cursors import Cursors, Lease, Nature
from peyvand.errors import LeaseLost
from peyvand.leases import PostgresCursors
from peyvand.testing import MemoryCursors
from timeline.ports import Principal
from timeline.store import Database, SqlCursors, SqlTimelines, open_database

EVERYBODY = Principal("test")
START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Kept:
    """Cursors in a database, and the timeline's sight of what they say of a connector."""

    cursors: Cursors
    timelines: SqlTimelines


async def _of_timeline(database: Database, _url: str, _stack: AsyncExitStack) -> Cursors:
    return SqlCursors(database)


async def _of_service(_database: Database, url: str, stack: AsyncExitStack) -> Cursors:
    return await stack.enter_async_context(PostgresCursors(url).running())


ADAPTERS: dict[str, Callable[[Database, str, AsyncExitStack], Awaitable[Cursors]]] = {
    "timeline-sqlite": _of_timeline,
    "timeline-postgres": _of_timeline,
    "service-postgres": _of_service,
}
DATABASES = [pytest.param(name, marks=pytest.mark.real if "postgres" in name else ()) for name in ADAPTERS]


async def _kept(adapter: str, request: pytest.FixtureRequest, stack: AsyncExitStack) -> Kept:
    folder: Path = request.getfixturevalue("tmp_path")
    sqlite = f"sqlite:///{folder}/store.db"
    url = request.getfixturevalue("postgres_url") if "postgres" in adapter else sqlite
    database = await open_database(url)
    stack.push_async_callback(database.close)
    return Kept(await ADAPTERS[adapter](database, url, stack), SqlTimelines(database, ORGANISATION))


@pytest.fixture(params=DATABASES)
async def kept(request: pytest.FixtureRequest) -> AsyncIterator[Kept]:
    """Give cursors of each kind that outlives a process."""
    async with AsyncExitStack() as stack:
        yield await _kept(request.param, request, stack)


@pytest.fixture(params=["memory", *DATABASES])
async def cursors(request: pytest.FixtureRequest) -> AsyncIterator[Cursors]:
    """Give cursors of each kind."""
    async with AsyncExitStack() as stack:
        memory = request.param == "memory"
        yield MemoryCursors() if memory else (await _kept(request.param, request, stack)).cursors


async def leased(cursors: Cursors, holder: str, seconds: float = 30) -> Lease:
    """Return a lease that must be had."""
    lease = await cursors.acquire("box", holder, seconds)
    assert lease is not None
    return lease


async def taken_over(cursors: Cursors, holder: str) -> Lease:
    """Return a lease as soon as another's has run out."""
    async with asyncio.timeout(10):
        while (lease := await cursors.acquire("box", holder, 30)) is None:
            await asyncio.sleep(0.01)
    return lease


async def test_a_cursor_comes_back_as_it_was_saved(cursors: Cursors) -> None:
    lease = await leased(cursors, "a")
    assert await cursors.load(lease) is None
    await cursors.save(lease, {"uid": 7, "folder": "صندوق", "seen": [1, {"deep": None}]})
    assert await cursors.load(lease) == {"uid": 7, "folder": "صندوق", "seen": [1, {"deep": None}]}


async def test_a_lease_is_refused_while_another_holds_it(cursors: Cursors) -> None:
    assert await cursors.acquire("box", "a", 30) is not None
    assert await cursors.acquire("box", "b", 30) is None
    assert await cursors.acquire("other", "b", 30) is not None


async def test_a_holder_that_asks_again_has_it_at_once_under_a_higher_fence(cursors: Cursors) -> None:
    before, after = await leased(cursors, "a"), await leased(cursors, "a")
    assert after.fence > before.fence
    with pytest.raises(LeaseLost):
        await cursors.save(before, {"at": 1})


async def test_a_released_lease_is_free_at_once(cursors: Cursors) -> None:
    await cursors.release(await leased(cursors, "a"))
    assert await cursors.acquire("box", "b", 30) is not None


async def test_what_was_saved_is_there_for_the_next_holder(cursors: Cursors) -> None:
    first = await leased(cursors, "a")
    await cursors.save(first, {"at": 5})
    await cursors.release(first)
    assert await cursors.load(await leased(cursors, "b")) == {"at": 5}


async def test_a_late_holder_neither_saves_nor_renews_nor_gives_away_what_is_anothers(cursors: Cursors) -> None:
    late = await leased(cursors, "a")
    await cursors.release(late)
    now = await leased(cursors, "b")
    await cursors.save(now, {"at": 9})
    with pytest.raises(LeaseLost):
        await cursors.save(late, {"at": 8})
    with pytest.raises(LeaseLost):
        await cursors.renew(late, 30)
    await cursors.release(late)
    assert await cursors.load(now) == {"at": 9}
    assert await cursors.acquire("box", "c", 30) is None


async def test_of_twenty_that_race_one_holds_it_at_any_time_and_fences_rise(cursors: Cursors) -> None:
    holding: list[str] = []
    fences: list[int] = []

    async def race(holder: str) -> None:
        while (lease := await cursors.acquire("box", holder, 30)) is None:
            await asyncio.sleep(0.001)
        holding.append(holder)
        fences.append(lease.fence)
        await cursors.save(lease, {"at": lease.fence})
        assert holding == [holder]
        holding.clear()
        await cursors.release(lease)

    await asyncio.wait_for(asyncio.gather(*(race(f"copy-{n}") for n in range(20))), 60)
    assert len(fences) == 20
    assert fences == sorted(set(fences))


async def test_a_lease_that_ran_out_passes_on_and_its_holder_cannot_write(kept: Kept) -> None:
    paused = await leased(kept.cursors, "a", 0.2)
    running = await taken_over(kept.cursors, "b")
    assert running.fence > paused.fence
    with pytest.raises(LeaseLost):
        await kept.cursors.save(paused, {"at": 8})


async def test_a_renewed_lease_does_not_run_out(kept: Kept) -> None:
    lease = await leased(kept.cursors, "a", 0.2)
    await kept.cursors.renew(lease, 30)
    await asyncio.sleep(0.3)  # until after the time that it was given first
    assert await kept.cursors.acquire("box", "b", 30) is None


async def test_an_error_is_told_with_its_beginning_until_the_source_answers(kept: Kept) -> None:
    await kept.cursors.failed("box", START, "wrong\0 password")
    await kept.cursors.failed("box", START + timedelta(minutes=5), "still wrong\0")
    (health,) = await kept.timelines.health(EVERYBODY, ["box"])
    assert (health.error, health.error_since, health.polled_at) == ("still wrong", START, None)
    await kept.cursors.polled("box", START + timedelta(minutes=9))
    (health,) = await kept.timelines.health(EVERYBODY, ["box"])
    assert (health.error, health.error_since) == (None, None)
    assert health.polled_at == START + timedelta(minutes=9)


async def test_what_is_noted_of_a_connector_touches_neither_its_cursor_nor_its_lease(kept: Kept) -> None:
    lease = await leased(kept.cursors, "a")
    await kept.cursors.save(lease, {"at": 3})
    await kept.cursors.failed("box", START, "away")
    await kept.cursors.polled("box", START)
    await kept.cursors.renew(lease, 30)
    assert await kept.cursors.load(lease) == {"at": 3}
    assert await kept.cursors.acquire("box", "b", 30) is None


async def test_what_a_connector_can_know_is_told_to_those_who_read(kept: Kept) -> None:
    assert await kept.timelines.one_sided(EVERYBODY) == frozenset()
    await kept.cursors.described("box", Nature(sees_outbound=False, keeps=timedelta(hours=24)))
    (health,) = await kept.timelines.health(EVERYBODY, ["box"])
    assert (health.sees_outbound, health.keeps, health.lost_from) == (False, timedelta(hours=24), None)
    assert await kept.timelines.one_sided(EVERYBODY) == {"box"}
    assert await kept.timelines.one_sided(Principal("other", frozenset({"another"}))) == frozenset()
    await kept.cursors.polled("box", START)
    (health,) = await kept.timelines.health(EVERYBODY, ["box"])
    assert health.lost_from == START + timedelta(hours=24)
    await kept.cursors.described("box", Nature())
    (health,) = await kept.timelines.health(EVERYBODY, ["box"])
    assert (health.sees_outbound, health.keeps, await kept.timelines.one_sided(EVERYBODY)) == (True, None, frozenset())


async def test_when_a_source_last_answered_is_known_to_the_next_run(cursors: Cursors) -> None:
    assert await cursors.answered("box") is None
    await cursors.polled("box", START)
    assert await cursors.answered("box") == START
