"""What goes wrong while the timeline reads a real Kafka: nothing is lost, nothing blocks what stands behind it."""

import asyncio
from dataclasses import replace

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import GroupAuthorizationFailedError
from prometheus_client import REGISTRY

from consuming import BRISK, Between, World, becomes, figure, readings, texts, until
from peyvand.errors import Unavailable
from peyvand.wire import DELIVERIES, EVENTS, Record, records
from timeline.halving import MOST_GUILTY_IN_A_ROW

pytestmark = pytest.mark.real
POISON = b"\xff{not json"


async def test_poison_on_either_topic_blocks_nothing_and_is_kept(bus: World) -> None:
    [poisoned, lost, *rest] = readings(12)
    event, receipt = records(poisoned)[1], records(lost)[0]
    await bus.write(EVENTS, POISON, event.headers)
    await bus.write(DELIVERIES, POISON, receipt.headers)
    await bus.letters.publish(rest)
    async with bus.consumer():
        await bus.all_committed()
    assert await bus.texts() == texts(12)[2:]
    assert {i for i, _ in await bus.kept()} == {poisoned.delivery.id, lost.delivery.id}
    assert (await bus.books()).balanced


async def test_a_dead_letter_is_the_record_as_it_came_and_says_where_it_stood_and_why(bus: World) -> None:
    event = records(readings(1)[0])[1]
    await bus.write(EVENTS, POISON, event.headers)
    async with bus.consumer():
        await bus.all_committed()
    [dead] = await bus.dead()
    assert (dead.key, dead.value) == (b"key", POISON)
    assert event.headers == tuple(dead.headers.items())[: len(event.headers)]
    assert dead.headers["dead_topic"].decode() == bus.settings.topic(EVENTS)
    assert dead.headers["dead_offset"] == b"0"
    assert dead.headers["dead_why"].startswith(b"it cannot be read from the bus: ")


async def test_headers_that_are_no_text_cost_no_batch(bus: World) -> None:
    good = records(readings(1)[0])
    await bus.write(DELIVERIES, good[0].value, [("odd", b"\xff\xfe"), ("none", None)])
    await bus.write(EVENTS, good[1].value, [("odd", b"\xff\xfe"), ("none", None)])
    await bus.write(EVENTS, POISON, [("odd", b"\xff\xfe"), ("ce_delivery", b"\xff"), ("ce_source", b"nowhere")])
    async with bus.consumer():
        await bus.all_committed()
    assert await bus.texts() == texts(1)
    assert len(await bus.dead()) == 1


async def test_the_database_away_is_waited_for_inside_the_group_and_nothing_is_a_dead_letter(
    bus: World, capsys: pytest.CaptureFixture[str]
) -> None:
    between = Between(bus.store, away=True)
    await bus.letters.publish(readings(20))
    async with bus.consumer(between) as consumer:
        before = await bus.members()
        await becomes(consumer, "the database is away")
        await between.called(10)
        assert (await bus.committed(), await bus.members()) == (0, before)
        assert "batch given back" not in capsys.readouterr().out
        between.away = False
        await bus.all_committed()
        await becomes(consumer, None)
        assert await bus.members() == before
    assert await bus.texts() == texts(20)
    assert await bus.dead() == []


async def test_an_outage_longer_than_one_batch_waits_is_no_loss_and_no_hot_loop(
    bus: World, capsys: pytest.CaptureFixture[str]
) -> None:
    between = Between(bus.store, away=True)
    await bus.letters.publish(readings(20))
    async with bus.consumer(between, pace=replace(BRISK, most_wait=0.5)) as consumer:
        before = await bus.members()
        await becomes(consumer, "the database is away")
        begun, calls = asyncio.get_running_loop().time(), between.calls
        await between.called(calls + 12)
        assert capsys.readouterr().out.count("batch given back") > 1
        seconds = asyncio.get_running_loop().time() - begun
        assert seconds / 12 > BRISK.longest_pause / 4
        between.away = False
        await bus.all_committed()
        assert await bus.members() == before
    assert await bus.texts() == texts(20)
    assert await bus.dead() == []


async def test_a_consumer_that_waits_for_the_database_stops_at_once(bus: World) -> None:
    between = Between(bus.store, away=True)
    await bus.letters.publish(readings(5))
    async with bus.consumer(between, pace=replace(BRISK, first_pause=30, longest_pause=30, most_wait=60)) as consumer:
        await becomes(consumer, "the database is away")
        begun = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - begun < 5
    async with bus.consumer():
        await bus.all_committed()
    assert await bus.texts() == texts(5)


async def test_the_guilty_are_found_among_many_and_kept_with_the_reason(bus: World) -> None:
    given = readings(40)
    event, receipt = given[7].events[0], given[21].receipt
    between = Between(bus.store, guilty=lambda said: said in (event, receipt))
    await bus.letters.publish(given)
    async with bus.consumer(between):
        await bus.all_committed()
    assert await bus.texts() == [t for t in texts(40) if t != "text 007"]
    why = "it was read, and the timeline could not store it: ValueError"
    assert sorted(await bus.kept()) == sorted([(event.delivery_id, why), (receipt.delivery.id, why)])
    assert sorted(d.headers["dead_why"] for d in await bus.dead()) == [why.encode()] * 2
    assert (await bus.books()).balanced


async def test_too_many_guilty_in_a_row_stop_loudly_and_empty_nothing_into_the_dead_letter(
    bus: World, capsys: pytest.CaptureFixture[str]
) -> None:
    between = Between(bus.store, guilty=lambda said: True)
    await bus.letters.publish(readings(2 * MOST_GUILTY_IN_A_ROW))
    async with bus.consumer(between) as consumer:
        await becomes(consumer, "the timeline refuses everything: ValueError")
        assert (await bus.committed(), await bus.dead()) == (0, [])
        between.guilty = lambda said: False
        await bus.all_committed()
        await becomes(consumer, None)
    assert await bus.texts() == texts(2 * MOST_GUILTY_IN_A_ROW)
    said = capsys.readouterr().out
    assert "stopped" in said
    assert "0912" not in said


async def test_too_many_unreadable_in_a_row_stop_loudly_too(bus: World) -> None:
    poison = Record(EVENTS, b"key", POISON, ())
    await bus.letters.send([poison] * (MOST_GUILTY_IN_A_ROW + 1))
    async with bus.consumer() as consumer:
        await becomes(consumer, "in a row cannot be read")
        assert (await bus.committed(), await bus.dead()) == (0, [])


async def test_dead_letters_that_cannot_be_sent_are_waited_for(bus: World) -> None:
    letters = Failing(bus, Unavailable("Kafka is away"))
    await bus.write(EVENTS, POISON)
    await bus.letters.publish(readings(3))
    async with replace(bus, letters=letters).consumer() as consumer:  # type: ignore[arg-type]
        await becomes(consumer, "Kafka is away")
        assert await bus.committed() < 7
        letters.error = None
        await bus.all_committed()
    assert await bus.texts() == texts(3)
    assert len(await bus.dead()) == 1


async def test_a_failure_that_nobody_thought_of_is_said_by_its_kind_and_the_batch_comes_again(
    bus: World, capsys: pytest.CaptureFixture[str]
) -> None:
    letters = Failing(bus, RuntimeError("a value that must not be in a log: 0912"))
    await bus.write(EVENTS, POISON)
    async with replace(bus, letters=letters).consumer() as consumer:  # type: ignore[arg-type]
        await becomes(consumer, "a batch cannot be taken: RuntimeError")
        assert await bus.committed() == 0
        letters.error = None
        await bus.all_committed()
        await becomes(consumer, None)
    assert len(await bus.dead()) == 1
    assert "0912" not in "".join(capsys.readouterr())


async def test_a_commit_that_is_refused_for_good_is_said_and_no_hot_loop(
    bus: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = 0

    async def refused(*_: object) -> None:
        nonlocal tries
        tries += 1
        raise GroupAuthorizationFailedError

    await bus.letters.publish(readings(5))
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(AIOKafkaConsumer, "commit", refused)
        async with bus.consumer(pace=replace(BRISK, broken_pause=30)) as consumer:
            await becomes(consumer, "offsets cannot be committed: GroupAuthorizationFailedError")
            await until(lambda: _is_behind(10), "a lag of 10 records")
            assert tries == 1
    async with bus.consumer() as consumer:
        await bus.all_committed()
        await becomes(consumer, None)
    assert await bus.texts() == texts(5)


class Failing:
    """Dead letters that cannot be sent yet."""

    def __init__(self, bus: World, error: Exception) -> None:
        self.bus = bus
        self.error: Exception | None = error

    async def send(self, told: list[Record]) -> None:
        if self.error is not None:
            raise self.error
        await self.bus.letters.send(told)


async def test_a_dead_letter_is_sent_once_however_often_its_batch_comes_again(bus: World) -> None:
    between = Between(bus.store, away=True)
    await bus.write(EVENTS, POISON, records(readings(1)[0])[1].headers)
    async with bus.consumer(between, pace=replace(BRISK, most_wait=0.1)):
        await between.called(6)
        between.away = False
        await bus.all_committed()
    assert len(await bus.dead()) == len(await bus.kept()) == 1


async def test_what_is_consumed_recorded_and_behind_is_counted(bus: World) -> None:
    between = Between(bus.store, away=True)
    await bus.letters.publish(readings(5))
    async with bus.consumer(between) as consumer:
        await becomes(consumer, "the database is away")
        assert figure("peyvand_consumer_waiting") == 1
        await until(lambda: _is_behind(10), "a lag of 10 records")
        before = figure("peyvand_recorded_total", outcome="stored")
        between.away = False
        await bus.all_committed()
        await until(lambda: _is_behind(0), "no lag")
    assert figure("peyvand_recorded_total", outcome="stored") - before == 5
    assert figure("peyvand_consumer_waiting") == 0


async def _is_behind(number: int) -> bool:
    [lag] = [m for m in REGISTRY.collect() if m.name == "peyvand_consumer_lag"]
    return sum(s.value for s in lag.samples) == number
