"""Several workers in one group of a real Kafka: partitions change hands in mid-batch, and everything is recorded."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from consuming import BRISK, Between, World, becomes, figure, readings, texts, until
from peyvand.errors import Unavailable
from timeline.consume.membership import Membership
from timeline.consume.patience import Patience

pytestmark = pytest.mark.real


@pytest.fixture
def store_url(postgres_url: str) -> str:
    """Several workers share a PostgreSQL."""
    return postgres_url


async def test_a_rebalance_in_mid_batch_loses_nothing_and_records_nothing_twice(bus: World) -> None:
    held, repeated = Between(bus.store), figure("peyvand_recorded_total", outcome="duplicate")
    held.open.clear()
    await bus.letters.publish(readings(40))
    async with bus.consumer(held, pace=replace(BRISK, most_rebalance=0)) as first:
        await asyncio.wait_for(held.entered.wait(), 10)
        async with asyncio.TaskGroup() as tasks, AsyncExitStack() as second:
            joining = tasks.create_task(second.enter_async_context(bus.consumer()))
            await becomes(first, "deals its partitions out anew")
            with pytest.raises(TimeoutError):
                await _share(bus, seconds=1)
            held.open.set()
            await joining
            await bus.letters.publish(readings(80, start=40))
            await bus.all_committed()
            await _share(bus)
    assert await bus.texts() == texts(80)
    books = await bus.books()
    assert (books.seen, books.stored, books.balanced) == (80, 80, True)
    assert figure("peyvand_recorded_total", outcome="duplicate") == repeated


async def test_a_batch_that_outlasts_a_rebalance_is_recorded_once_by_whoever_comes_first(bus: World) -> None:
    """The group does not wait for ever: a held batch ends in another generation, when its records are another's."""
    held = Between(bus.store)
    held.open.clear()
    await bus.letters.publish(readings(40))
    async with bus.consumer(held), bus.consumer():
        assert held.entered.is_set()
        await _share(bus)
        held.open.set()
        await bus.letters.publish(readings(60, start=40))
        await bus.all_committed()
    assert await bus.texts() == texts(60)
    assert (await bus.books()).stored == 60


async def test_a_worker_that_waits_for_the_database_does_not_hold_up_the_group(bus: World) -> None:
    bus = replace(bus, settings=bus.settings.model_copy(update={"session_seconds": 30}))
    away = Between(bus.store, away=True)
    pace = replace(BRISK, first_pause=30, longest_pause=30, most_wait=60)
    await bus.letters.publish(readings(20))
    async with bus.consumer(away, pace=pace) as first:
        await becomes(first, "the database is away")
        begun = asyncio.get_running_loop().time()
        async with bus.consumer():
            assert asyncio.get_running_loop().time() - begun < 8
    async with bus.consumer():
        await bus.all_committed()
    assert await bus.texts() == texts(20)


async def test_a_worker_whose_waiting_batch_may_be_another_workers_now_waits_no_more() -> None:
    async def attempt() -> None:
        raise Unavailable("the database is away")

    patience = Patience(BRISK)
    membership = Membership(patience, most_wait=1)
    await membership.on_partitions_revoked(())
    with pytest.raises(Unavailable):
        await patience.through(attempt)
    assert "the database is away" in (patience.words or "")
    await membership.on_partitions_assigned(())
    assert patience.words is None


async def test_a_lasting_member_that_is_started_again_has_its_partitions_at_once(bus: World) -> None:
    async with bus.consumer(instance="worker-1"):
        await bus.letters.publish(readings(5))
        await bus.all_committed()
    assert len(await bus.members()) == 1
    await bus.letters.publish(readings(10, start=5))
    begun = asyncio.get_running_loop().time()
    async with bus.consumer(instance="worker-1"):
        await bus.all_committed()
        assert asyncio.get_running_loop().time() - begun < bus.settings.session_seconds / 2
    assert await bus.texts() == texts(10)


async def test_a_worker_that_is_gone_hands_its_partitions_on(bus: World) -> None:
    async with bus.consumer():
        async with bus.consumer():
            await _share(bus)
        await bus.letters.publish(readings(20))
        await bus.all_committed()
    assert await bus.texts() == texts(20)


async def _share(bus: World, seconds: float = 20) -> None:
    """Return once each of two workers has the same partitions of both topics."""

    async def shared() -> bool:
        members = await bus.members()
        return len(members) == 2 and all(members.values())

    await until(shared, "both having partitions", seconds)
