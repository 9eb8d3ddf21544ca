"""The runner of pulled sources: a cursor moves only after what it covers is durable."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import BaseModel

from peyvand import metrics
from peyvand.cursors import Cursor, Lease
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload, LeaseLost, NotSignedIn, SignInFailed, SourceStopped, Unavailable, UnknownType
from peyvand.event import Direction, InteractionEvent, Kind, event
from peyvand.identity import Organisation
from peyvand.publish import Reading
from peyvand.pull import MOST_KEPT_IN_A_ROW, BackOff, Pull
from peyvand.source import Arrival, Batch, PullSource
from peyvand.testing import MemoryBlobs, MemoryCursors, MemoryPublisher

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Settings(BaseModel):
    pass


def normalise(delivery: Delivery, _settings: Settings, organisation: Organisation) -> list[InteractionEvent]:
    if delivery.body == b"bad":
        raise BadPayload("bad")
    if delivery.body == b"new":
        raise UnknownType("unknown type")
    key = delivery.body.decode()
    return [event(delivery, organisation, key=key, kind=Kind.MESSAGE, direction=Direction.INBOUND, occurred_at=NOW)]


@dataclass
class Box:
    """A source that holds lines, and remembers which it was allowed to forget."""

    lines: list[bytes]
    raises: list[Exception] = field(default_factory=list)
    forgotten: int = 0
    fetched: int = 0
    polls: int = 0
    meanwhile: Callable[[], None] = lambda: None
    trouble: str | None = None

    async def fetch(self, _settings: Settings, cursor: Cursor | None) -> AsyncIterator[Batch]:
        self.fetched += 1
        if self.raises:
            raise self.raises.pop(0)
        self.meanwhile()
        at = cursor["at"] if cursor else 0
        while at < len(self.lines):
            part = self.lines[at : at + 2]
            arrivals = tuple(Arrival(b, NOW, f"box://{at + i}") for i, b in enumerate(part))
            at += len(part)
            yield Batch(arrivals, {"at": at}, self.trouble)
            self.forgotten = at
        while True:
            self.polls += 1
            yield Batch((), {"at": at}, self.trouble)
            await asyncio.sleep(0)


@dataclass
class Run:
    box: Box
    publisher: MemoryPublisher = field(default_factory=MemoryPublisher)
    cursors: MemoryCursors = field(default_factory=MemoryCursors)
    waits: list[float] = field(default_factory=list)
    lease_seconds: float = 30
    slept: float = 0  # for how long this machine was asleep
    holder: str = "me"
    connector: str = "box"

    def pull(self) -> Pull:
        source = PullSource(
            name="box", settings=Settings, fetch=self.box.fetch, normalise=normalise, keeps=timedelta(hours=24)
        )

        async def sleep(seconds: float) -> None:
            self.waits.append(seconds)
            await asyncio.sleep(0)

        return Pull(
            self.connector, source, Settings(), Organisation(), self.publisher, self.cursors, MemoryBlobs(),
            self.holder, now=lambda: NOW, sleep=sleep, lease_seconds=self.lease_seconds,
            clock=lambda: time.monotonic() + self.slept,
        )  # fmt: skip

    async def until(self, condition: Callable[[], bool]) -> None:
        running = asyncio.create_task(self.pull().run())
        try:
            async with asyncio.timeout(5):
                while not condition():
                    await asyncio.sleep(0)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def test_everything_is_published_once_and_the_cursor_ends_at_the_end() -> None:
    run = Run(Box([b"%d" % n for n in range(7)]))
    await run.until(lambda: run.cursors.cursors.get("box") == {"at": 7})
    assert [r.delivery.body for r in run.publisher.readings] == run.box.lines


async def test_the_cursor_stays_while_publishing_fails_and_nothing_is_lost_after() -> None:
    run = Run(Box([b"a", b"b", b"c"]), MemoryPublisher(away=True))
    await run.until(lambda: len(run.waits) >= 3)
    assert run.cursors.cursors == {}
    assert run.box.forgotten == 0
    assert "away" in run.cursors.errors["box"]
    run.publisher.away = False
    await run.until(lambda: run.cursors.cursors.get("box") == {"at": 3})
    assert [r.delivery.body for r in run.publisher.readings] == [b"a", b"b", b"c"]
    assert run.cursors.errors == {}


async def test_what_was_published_before_the_cursor_was_saved_comes_again_with_the_same_ids() -> None:
    run = Run(Box([b"a", b"b"]))
    await run.until(lambda: run.cursors.cursors.get("box") == {"at": 2})
    run.cursors.cursors.clear()
    await run.until(lambda: run.cursors.cursors.get("box") == {"at": 2})
    ids = [(r.delivery.id, r.events[0].event_id) for r in run.publisher.readings]
    assert ids[:2] == ids[2:]


async def test_an_unreadable_delivery_is_kept_and_those_behind_it_arrive() -> None:
    run = Run(Box([b"a", b"bad", b"c"]))
    await run.until(lambda: run.cursors.cursors.get("box") == {"at": 3})
    assert [r.kept for r in run.publisher.readings] == [None, "bad", None]


async def test_too_many_unreadable_ones_in_a_row_stop_the_source_loudly() -> None:
    run = Run(Box([b"bad"] * (MOST_KEPT_IN_A_ROW + 10)))
    await run.until(lambda: len(run.waits) >= 3)
    assert len(run.publisher.readings) == MOST_KEPT_IN_A_ROW + 2
    assert "in a row" in run.cursors.errors["box"]
    assert run.cursors.cursors["box"] == {"at": MOST_KEPT_IN_A_ROW + 2}
    assert run.box.fetched == 1


async def test_no_other_copy_reads_on_while_the_one_that_was_stopped_lives() -> None:
    run = Run(Box([b"bad"] * (MOST_KEPT_IN_A_ROW * 3)))
    other = Run(run.box, run.publisher, run.cursors, holder="another")
    running = asyncio.create_task(run.pull().run())
    async with asyncio.timeout(5):
        while not run.waits:
            await asyncio.sleep(0)
    await other.until(lambda: len(other.waits) >= 20)
    assert len(run.publisher.readings) == MOST_KEPT_IN_A_ROW + 2
    running.cancel()
    await asyncio.wait([running])
    assert run.cursors.holders == {}


async def test_a_copy_that_was_stopped_and_lost_its_lease_asks_for_the_lease_and_not_the_source() -> None:
    run = Run(Box([b"bad"]), cursors=_Passed(), lease_seconds=0.3)
    pull = run.pull()
    pull.stopped = SourceStopped("too many in a row")
    running = asyncio.create_task(pull.run())
    async with asyncio.timeout(10):
        while run.cursors.fences.get("box", 0) < 3:
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.wait([running])
    assert run.box.fetched == 0
    assert run.cursors.errors["box"] == "too many in a row"


async def test_a_stopped_source_is_read_on_by_the_next_start() -> None:
    run = Run(Box([*[b"bad"] * (MOST_KEPT_IN_A_ROW + 2), b"good"]))
    await run.until(lambda: bool(run.waits))
    await run.until(lambda: run.cursors.cursors["box"] == {"at": MOST_KEPT_IN_A_ROW + 3})
    assert run.publisher.readings[-1].events


async def test_types_that_nobody_knows_yet_stop_nothing() -> None:
    run = Run(Box([b"new"] * (MOST_KEPT_IN_A_ROW * 2)))
    await run.until(lambda: run.cursors.cursors.get("box") == {"at": MOST_KEPT_IN_A_ROW * 2})
    assert {r.kept for r in run.publisher.readings} == {"unknown type"}
    assert run.waits == []


async def test_polls_that_bring_nothing_are_noted_now_and_then_only() -> None:
    run = Run(Box([b"a"]))
    noted: list[datetime] = []
    polled = run.cursors.polled

    async def note(connector: str, at: datetime) -> None:
        noted.append(at)
        await polled(connector, at)

    run.cursors.polled = note  # type: ignore[method-assign]
    await run.until(lambda: run.box.polls > 20)
    assert len(noted) == 1


@pytest.mark.parametrize(
    ("error", "least"), [(SignInFailed("wrong password"), 300), (Unavailable("slow down", retry_after=60), 60)]
)
async def test_a_refused_sign_in_and_a_throttle_are_waited_for(error: Exception, least: float) -> None:
    run = Run(Box([b"a"], raises=[error]))
    await run.until(lambda: run.cursors.cursors.get("box") == {"at": 1})
    assert run.waits[0] >= least


async def test_a_refused_sign_in_is_tried_more_and_more_seldom_and_a_missing_one_is_looked_for_often() -> None:
    back_off = BackOff()
    assert [back_off.of_source(n, SignInFailed("no")) for n in (0, 1, 2, 3, 4, 50)] == [
        300,
        600,
        1200,
        2400,
        3600,
        3600,
    ]
    assert {back_off.of_source(n, NotSignedIn("sign in")) for n in (0, 1, 50)} == {20}


async def test_a_source_that_answers_in_part_is_in_trouble_until_it_is_not() -> None:
    run = Run(Box([b"a"], trouble="a folder is gone"))
    await run.until(lambda: run.box.polls > 2)
    assert run.cursors.errors == {"box": "a folder is gone"}
    assert [r.delivery.body for r in run.publisher.readings] == [b"a"]
    run.box.trouble = None
    await run.until(lambda: run.cursors.errors == {})
    assert run.waits == []


async def test_an_unexpected_error_is_told_without_its_text_and_tried_again() -> None:
    run = Run(Box([b"a"], raises=[RuntimeError("sara@example.ir's secret")]))
    await run.until(lambda: run.cursors.errors.get("box") == "an unexpected RuntimeError")
    await run.until(lambda: run.cursors.cursors.get("box") == {"at": 1})


async def test_a_second_copy_waits_while_the_first_holds_the_lease() -> None:
    run = Run(Box([b"a"]))
    await run.cursors.acquire("box", "another", 30)
    await run.until(lambda: len(run.waits) >= 2)
    assert run.box.fetched == 0


class _Flaky(MemoryCursors):
    """Cursors whose database is away at the first renewal, and at the first release."""

    def __init__(self) -> None:
        super().__init__()
        self.renewals = self.releases = 0

    async def renew(self, lease: Lease, seconds: float) -> None:
        if seconds:
            self.renewals += 1
            if self.renewals == 1:
                raise Unavailable("the database is away")
        await super().renew(lease, seconds)

    async def release(self, lease: Lease) -> None:
        self.releases += 1
        if self.releases == 1:
            raise Unavailable("the database is away")


async def test_a_lease_is_renewed_again_after_the_database_was_away() -> None:
    cursors, box = _Flaky(), Box([b"a"])
    await Run(box, cursors=cursors, lease_seconds=1).until(lambda: cursors.renewals >= 3)
    assert cursors.errors == {}
    assert box.fetched == 1


async def test_who_is_stopped_while_the_database_is_away_stays_stopped() -> None:
    run = Run(Box([b"a"]), cursors=_Flaky())
    running = asyncio.create_task(run.pull().run())
    while not run.publisher.readings:
        await asyncio.sleep(0)
    running.cancel()
    await asyncio.wait([running], timeout=5)
    assert running.cancelled()


async def test_a_copy_that_lost_its_lease_cannot_move_the_cursor() -> None:
    cursors = MemoryCursors()
    late = await cursors.acquire("box", "late", 30)
    assert late is not None
    await cursors.release(late)
    await cursors.acquire("box", "now", 30)
    with pytest.raises(LeaseLost):
        await cursors.save(late, {"at": 1})


@dataclass
class _Waiting(Box):
    """A source that answers nothing, as a long poll does, and tells when it is left."""

    left: int = 0

    async def fetch(self, _settings: Settings, cursor: Cursor | None) -> AsyncIterator[Batch]:
        del cursor
        self.fetched += 1
        try:
            await asyncio.Event().wait()
        finally:
            self.left += 1
        yield Batch((), {})


class _Unrenewed(MemoryCursors):
    """Cursors that are away whenever a lease is to be renewed."""

    async def renew(self, lease: Lease, seconds: float) -> None:
        raise Unavailable("the database is away")


class _Passed(MemoryCursors):
    """Cursors whose leases have passed on when they are to be renewed."""

    async def renew(self, lease: Lease, seconds: float) -> None:
        raise LeaseLost("another has it")


async def test_who_cannot_renew_leaves_the_source_before_the_lease_is_over() -> None:
    box = _Waiting([])
    began = time.monotonic()
    await Run(box, cursors=_Unrenewed(), lease_seconds=2).until(lambda: box.left == 1)
    assert 1.5 < time.monotonic() - began < 2


async def test_who_hears_that_the_lease_has_passed_on_leaves_the_source_at_once() -> None:
    box = _Waiting([])
    began = time.monotonic()
    await Run(box, cursors=_Passed(), lease_seconds=3).until(lambda: box.left == 1)
    assert time.monotonic() - began < 2


async def test_a_lost_lease_is_nothing_that_is_wrong_with_the_source() -> None:
    run = Run(_Waiting([]), cursors=_Passed(), lease_seconds=0.3)
    await run.until(lambda: run.box.fetched == 2)
    assert run.cursors.errors == {}


@dataclass
class _Slow(MemoryPublisher):
    """A bus during whose acknowledgement something else happens."""

    meanwhile: Callable[[], None] = lambda: None
    asks_to_wait: int = 5

    async def publish(self, readings: Sequence[Reading]) -> None:
        if self.away:
            raise Unavailable("the bus is away", self.asks_to_wait)
        await super().publish(readings)
        self.meanwhile()


async def test_what_arrives_after_the_lease_is_over_is_not_published() -> None:
    run = Run(Box([b"a"]))

    def sleep_once() -> None:
        run.slept += 60 if run.box.fetched == 1 else 0

    run.box.meanwhile = sleep_once
    await run.until(lambda: run.cursors.cursors.get("box") == {"at": 1})
    assert run.box.fetched == 2
    assert [r.delivery.body for r in run.publisher.readings] == [b"a"]


async def test_no_cursor_is_saved_after_the_lease_is_over() -> None:
    publisher = _Slow()
    run = Run(Box([b"a"]), publisher)

    def sleep_once() -> None:
        run.slept += 60 if run.box.fetched == 1 else 0

    publisher.meanwhile = sleep_once
    await run.until(lambda: run.cursors.cursors.get("box") == {"at": 1})
    assert run.box.fetched == 2
    assert [r.delivery.body for r in run.publisher.readings] == [b"a", b"a"]


async def test_no_source_is_asked_again_after_the_lease_is_over() -> None:
    run = Run(Box([b"a"]))
    polled = run.cursors.polled

    async def sleep_meanwhile(connector: str, at: datetime) -> None:
        run.slept += 60
        await polled(connector, at)

    run.cursors.polled = sleep_meanwhile  # type: ignore[method-assign]
    await run.until(lambda: run.box.fetched == 3)
    assert run.box.forgotten == 0
    assert run.cursors.errors == {}


async def test_an_outage_of_our_own_is_asked_after_again_soon_and_one_of_a_source_late() -> None:
    ours, theirs = Run(Box([b"a"]), MemoryPublisher(away=True)), Run(Box([], raises=[Unavailable("away")] * 30))
    await ours.until(lambda: len(ours.waits) > 20)
    await theirs.until(lambda: len(theirs.waits) > 20)
    assert max(ours.waits) <= BackOff().ours
    assert max(theirs.waits) >= BackOff().most / 2


async def test_a_wait_that_our_own_bus_asks_for_does_not_outlast_the_outage_by_minutes() -> None:
    run = Run(Box([b"a"]), _Slow(away=True, asks_to_wait=600))
    await run.until(lambda: len(run.waits) > 3)
    assert max(run.waits) <= BackOff().ours


async def test_the_age_of_the_cursor_is_known_before_the_source_has_answered_again() -> None:
    run = Run(Box([], [Unavailable("away")]), connector="aged")
    await run.cursors.polled("aged", NOW)
    await run.until(lambda: bool(run.waits))
    assert metrics.LAST_POLL.labels("aged")._value.get() == NOW.timestamp()
    assert metrics.KEEPS.labels("aged")._value.get() == 86_400
