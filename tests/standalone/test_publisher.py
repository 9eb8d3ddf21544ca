"""The in-process publisher: one commit for many callers, the guilty one alone kept, nothing acknowledged early."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID, uuid5

import pytest

from peyvand.delivery import Delivery
from peyvand.errors import Unavailable
from peyvand.publish import Reading
from peyvand_standalone import publisher as publishing
from peyvand_standalone.publisher import InProcessPublisher
from timeline.halving import MOST_GUILTY_IN_A_ROW

NAMESPACE = UUID("5b0c8f30-3d58-5c4f-9d9a-0d6a6f9c2a11")
AT = datetime(2026, 10, 4, 8, 30, tzinfo=UTC)


def reading(number: int, body: bytes = b"{}", **fields: str) -> Reading:
    delivery = Delivery(uuid5(NAMESPACE, str(number)), "site-form", "webform", AT, body)
    return Reading(delivery, skipped=fields.get("skipped", "of no interest"), kept=fields.get("kept"))


GUILTY = b"the store cannot take this"
HOPELESS = b"not even as a kept delivery"


@dataclass
class Timeline:
    """Records in memory; holds each commit until it is let through; refuses guilty deliveries as a database does."""

    groups: list[list[Reading]] = field(default_factory=list)
    open: asyncio.Event = field(default_factory=asyncio.Event)
    entered: asyncio.Event = field(default_factory=asyncio.Event)
    away: bool = False

    async def record(self, readings: Sequence[Reading]) -> None:
        self.entered.set()
        await self.open.wait()
        if self.away:
            raise Unavailable("the database is away", retry_after=7)
        if any(r.delivery.body == HOPELESS for r in readings):
            raise ValueError
        if any(r.delivery.body == GUILTY and r.kept is None for r in readings):
            raise ValueError
        self.groups.append(list(readings))

    @property
    def stored(self) -> list[Reading]:
        return [r for group in self.groups for r in group]


@pytest.fixture
def timeline() -> Timeline:
    return Timeline()


async def queued(publisher: InProcessPublisher, *calls: Sequence[Reading]) -> list[asyncio.Task[None]]:
    """Start calls and return once each has been taken in."""
    tasks = [asyncio.create_task(publisher.publish(call)) for call in calls]
    await asyncio.sleep(0)
    return tasks


async def test_nobody_is_acknowledged_before_the_commit(timeline: Timeline) -> None:
    async with InProcessPublisher(timeline.record).running() as publisher:
        [task] = await queued(publisher, [reading(1)])
        await timeline.entered.wait()
        assert not task.done()
        timeline.open.set()
        await task
    assert timeline.stored == [reading(1)]


async def test_callers_that_wait_while_a_commit_runs_share_the_next_one(timeline: Timeline) -> None:
    async with InProcessPublisher(timeline.record).running() as publisher:
        first = await queued(publisher, [reading(0)])
        await timeline.entered.wait()
        others = await queued(publisher, *([reading(n)] for n in range(1, 101)))
        timeline.open.set()
        await asyncio.gather(*first, *others)
    assert [len(group) for group in timeline.groups] == [1, 100]


async def test_a_group_is_bounded_in_readings_and_in_bytes(timeline: Timeline) -> None:
    large = b"x" * (publishing.MOST_BYTES // 4 * 3)
    async with InProcessPublisher(timeline.record).running() as publisher:
        first = await queued(publisher, [reading(0)])
        await timeline.entered.wait()
        half = publishing.MOST_READINGS // 2
        many = await queued(publisher, *([reading(n) for n in range(half + 1)] for _ in range(2)))
        big = await queued(publisher, [reading(1, large)], [reading(2, large)])
        timeline.open.set()
        await asyncio.gather(*first, *many, *big)
    assert [len(group) for group in timeline.groups] == [1, half + 1, half + 2, 1]


async def test_a_call_larger_than_a_group_is_one_group(timeline: Timeline) -> None:
    timeline.open.set()
    async with InProcessPublisher(timeline.record).running() as publisher:
        await publisher.publish([reading(n) for n in range(publishing.MOST_READINGS + 1)])
    assert [len(group) for group in timeline.groups] == [publishing.MOST_READINGS + 1]


async def test_what_the_store_refuses_is_kept_for_repair_and_the_others_are_stored(timeline: Timeline) -> None:
    timeline.open.set()
    readings = [reading(n, GUILTY if n == 6 else b"{}") for n in range(10)]
    async with InProcessPublisher(timeline.record).running() as publisher:
        await publisher.publish(readings)
    kept = {r.delivery.id: r for r in timeline.stored if r.kept is not None}
    assert [r.delivery.id for r in kept.values()] == [readings[6].delivery.id]
    assert kept[readings[6].delivery.id] == replace(
        readings[6], skipped=None, kept="it was read, and the timeline could not store it: ValueError"
    )
    assert {r.delivery.id for r in timeline.stored} == {r.delivery.id for r in readings}


async def test_only_the_caller_of_a_hopeless_delivery_is_told_to_come_back(timeline: Timeline) -> None:
    async with InProcessPublisher(timeline.record).running() as publisher:
        first = await queued(publisher, [reading(0)])
        await timeline.entered.wait()
        guilty, innocent = await queued(publisher, [reading(1, HOPELESS)], [reading(2)])
        timeline.open.set()
        await asyncio.gather(*first, innocent)
        with pytest.raises(Unavailable, match="neither as read nor for repair"):
            await guilty
    assert reading(2) in timeline.stored


async def test_too_many_refused_in_a_row_stop_the_sources_instead_of_emptying_them_into_repair(
    timeline: Timeline,
) -> None:
    timeline.open.set()
    async with InProcessPublisher(timeline.record).running() as publisher:
        await publisher.publish([reading(n, GUILTY) for n in range(MOST_GUILTY_IN_A_ROW)])
        with pytest.raises(Unavailable, match="refuses everything"):
            await publisher.publish([reading(99, GUILTY)])
    assert len(timeline.stored) == MOST_GUILTY_IN_A_ROW


async def test_every_caller_of_a_group_hears_that_the_database_is_away_and_when_to_retry(timeline: Timeline) -> None:
    timeline.away = True
    timeline.open.set()
    async with InProcessPublisher(timeline.record).running() as publisher:
        told = await asyncio.gather(*(publisher.publish([reading(n)]) for n in range(5)), return_exceptions=True)
        assert [(type(e), e.retry_after) for e in told if isinstance(e, Unavailable)] == [(Unavailable, 7)] * 5
        timeline.away = False
        await publisher.publish([reading(0)])
    assert timeline.stored == [reading(0)]


async def test_more_callers_than_may_wait_are_told_to_come_back(timeline: Timeline) -> None:
    async with InProcessPublisher(timeline.record, most_waiting=2).running() as publisher:
        first = await queued(publisher, [reading(0)])
        await timeline.entered.wait()
        waiting = await queued(publisher, [reading(1)], [reading(2)])
        with pytest.raises(Unavailable, match="2 deliveries wait"):
            await publisher.publish([reading(3)])
        timeline.open.set()
        await asyncio.gather(*first, *waiting)
    assert len(timeline.stored) == 3


async def test_what_waits_when_the_publisher_is_stopped_is_committed(timeline: Timeline) -> None:
    async with InProcessPublisher(timeline.record).running() as publisher:
        waiting = await queued(publisher, *([reading(n)] for n in range(20)))
        await timeline.entered.wait()
        asyncio.get_running_loop().call_soon(timeline.open.set)
    await asyncio.gather(*waiting)
    assert len(timeline.stored) == 20


async def test_a_stopped_publisher_takes_nothing(timeline: Timeline) -> None:
    publisher = InProcessPublisher(timeline.record)
    with pytest.raises(Unavailable):
        await publisher.publish([reading(1)])
    async with publisher.running():
        assert await publisher.ready() is None
    with pytest.raises(Unavailable):
        await publisher.publish([reading(1)])
    assert await publisher.ready() is not None


async def test_a_caller_that_goes_away_takes_nothing_from_the_others(timeline: Timeline) -> None:
    async with InProcessPublisher(timeline.record).running() as publisher:
        leaving, staying = await queued(publisher, [reading(1)], [reading(2)])
        leaving.cancel()
        timeline.open.set()
        await staying
    assert timeline.stored == [reading(1), reading(2)]
