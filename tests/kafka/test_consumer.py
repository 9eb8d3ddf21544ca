"""From a real Kafka onto the timeline: what is published is recorded, committed only then, and recorded once."""

import asyncio
from dataclasses import replace

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from consuming import BRISK, Between, World, becomes, readings, texts
from peyvand.kafka.provisioning import provision
from peyvand.wire import EVENTS
from timeline.consume.consumer import consuming

pytestmark = pytest.mark.real


async def test_what_is_published_is_on_the_timeline(bus: World) -> None:
    await bus.letters.publish(readings(30))
    async with bus.consumer():
        await bus.all_committed()
    assert await bus.texts() == texts(30)
    assert (await bus.books()).stored == 30


async def test_offsets_are_committed_only_after_the_databases_commit(bus: World) -> None:
    between = Between(bus.store)
    between.open.clear()
    await bus.letters.publish(readings(5))
    async with bus.consumer(between):
        await asyncio.wait_for(between.entered.wait(), 10)
        assert await bus.committed() == 0
        between.open.set()
        await bus.all_committed()
    assert await bus.texts() == texts(5)


async def test_a_batch_that_comes_again_is_harmless(bus: World) -> None:
    await bus.letters.publish(readings(20))
    async with bus.consumer():
        await bus.all_committed()
    await bus.rewind()
    assert await bus.committed() == 0
    async with bus.consumer():
        await bus.all_committed()
    assert await bus.texts() == texts(20)
    assert (await bus.books()).seen == (await bus.books()).stored == 20


async def test_the_running_batch_is_finished_and_committed_when_the_consumer_is_told_to_stop(bus: World) -> None:
    between = Between(bus.store)
    between.open.clear()
    await bus.letters.publish(readings(1))
    async with bus.consumer(between) as consumer:
        await asyncio.wait_for(between.entered.wait(), 10)
        asyncio.get_running_loop().call_later(0.3, between.open.set)  # when the stop has begun; nothing shows it
        consumer.stop()
    assert await bus.committed() >= 1


async def test_records_of_megabytes_pass(bus: World) -> None:
    for r in readings(6):
        await bus.letters.publish([replace(r, delivery=replace(r.delivery, body=b"x" * 3_000_000))])
    between = Between(bus.store)
    async with bus.consumer(between):
        await bus.all_committed()
    assert await bus.texts() == texts(6)
    assert between.calls >= 3


async def test_a_consumer_waits_for_the_topics_and_makes_none(bus_without_topics: World) -> None:
    bus = bus_without_topics
    async with consuming(bus.settings, bus.store, bus.letters, BRISK) as consumer:
        await becomes(consumer, "Kafka has no topic")
        assert await _partitions_of(bus, EVENTS) is None
        await provision(bus.settings)
        await becomes(consumer, None)
        await bus.connected()
        await bus.letters.publish(readings(3))
        await bus.all_committed()
    assert await bus.texts() == texts(3)
    assert await _partitions_of(bus, EVENTS) == 4


async def test_a_consumer_starts_without_kafka_and_says_so(bus: World) -> None:
    nowhere = bus.settings.model_copy(update={"bootstrap_servers": "127.0.0.1:1"})
    async with consuming(nowhere, bus.store, bus.letters, BRISK) as consumer:
        await becomes(consumer, "Kafka did not answer")


async def test_a_consumer_that_has_died_is_noticed_and_started_again(bus: World) -> None:
    async with bus.consumer() as consumer:
        [task] = [t for t in asyncio.all_tasks() if _name(t.get_coro()) == "_run_consume_loop"]
        task.cancel()
        await becomes(consumer, "has ended")
        await becomes(consumer, None)
        await bus.letters.publish(readings(3))
        await bus.all_committed()
    assert await bus.texts() == texts(3)


def _name(running: object) -> str:
    return getattr(running, "__name__", "")


async def _partitions_of(bus: World, topic: str) -> int | None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bus.settings.servers)
    await admin.start()
    try:
        there = {t["topic"]: len(t["partitions"]) for t in await admin.describe_topics()}
    finally:
        await admin.close()
    return there.get(bus.settings.topic(topic))
