"""What aiokafka's producer does on a real Kafka that comes and goes: why ours has deadlines and starts anew."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError, OutOfOrderSequenceNumber

from parts.kafka import Kafka
from parts.kafka import own_kafka as start_own
from parts.kafka_jars import Jars
from parts.loopback import HOST, free_port

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def own_kafka(kafka_jars: Jars) -> Iterator[Kafka]:
    """Give one broker to stop and kill to all tests here; each leaves it running."""
    with start_own(kafka_jars) as broker:
        yield broker


@pytest.fixture
def topic(own_kafka: Kafka, topic_prefix: str) -> str:
    own_kafka.create(f"{topic_prefix}events")
    return f"{topic_prefix}events"


@asynccontextmanager
async def _producing(kafka: Kafka) -> AsyncIterator[AIOKafkaProducer]:
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, enable_idempotence=True)
    async with producer:
        yield producer


async def _first(kafka: Kafka, topic: str) -> bytes | None:
    async with AIOKafkaConsumer(topic, bootstrap_servers=kafka.bootstrap, auto_offset_reset="earliest") as consumer:
        async with asyncio.timeout(20):
            value: bytes | None = (await consumer.getone()).value
    return value


def _restart_without_last_batch(kafka: Kafka) -> None:
    kafka.kill()
    kafka.lose_producer_state()
    kafka.start()


async def _outcome(producer: AIOKafkaProducer, topic: str) -> str:
    try:
        async with asyncio.timeout(20):
            await producer.send_and_wait(topic, b"again")
    except OutOfOrderSequenceNumber:
        return "out of order"
    return "sent"


async def test_an_idempotent_producer_never_recovers_from_a_gap_and_a_fresh_one_works_at_once(
    own_kafka: Kafka, topic: str
) -> None:
    async with _producing(own_kafka) as producer:
        await producer.send_and_wait(topic, b"kept")
        await producer.send_and_wait(topic, b"lost")
        _restart_without_last_batch(own_kafka)
        outcomes = {await _outcome(producer, topic) for _ in range(5)}
    async with _producing(own_kafka) as fresh:
        assert (outcomes, await _outcome(fresh, topic)) == ({"out of order"}, "sent")


async def test_an_idempotent_producer_goes_on_after_a_kill_in_which_nothing_was_lost(
    own_kafka: Kafka, topic: str
) -> None:
    async with _producing(own_kafka) as producer:
        await producer.send_and_wait(topic, b"kept")
        own_kafka.kill()
        own_kafka.start()
        assert (await producer.send_and_wait(topic, b"next")).offset == 1


async def test_an_idempotent_producer_goes_on_where_the_broker_lost_all_it_had_sent(
    own_kafka: Kafka, topic: str
) -> None:
    async with _producing(own_kafka) as producer:
        await producer.send_and_wait(topic, b"lost")
        _restart_without_last_batch(own_kafka)
        assert await _outcome(producer, topic) == "sent"


async def test_a_send_that_timed_out_at_the_caller_is_delivered_later(own_kafka: Kafka, topic: str) -> None:
    async with _producing(own_kafka) as producer:
        await producer.partitions_for(topic)
        own_kafka.pause()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(producer.send_and_wait(topic, b"given up"), 0.3)
        own_kafka.resume()
        assert await _first(own_kafka, topic) == b"given up"


async def test_a_producer_with_something_to_send_and_no_broker_does_not_stop(own_kafka: Kafka, topic: str) -> None:
    async with _producing(own_kafka) as producer:
        await producer.send_and_wait(topic, b"first")
        own_kafka.stop()
        waiting = await producer.send(topic, b"waiting")
        stopping = asyncio.create_task(producer.stop())
        ended, _ = await asyncio.wait([stopping], timeout=1.5)
        own_kafka.start()
        await asyncio.wait_for(stopping, 20)
    assert not ended
    assert (await waiting).offset == 1


async def test_a_producer_that_starts_without_a_broker_fails_at_once() -> None:
    producer = AIOKafkaProducer(bootstrap_servers=f"{HOST}:{free_port()}")
    began = time.monotonic()
    with pytest.raises(KafkaConnectionError):
        await producer.start()
    assert time.monotonic() - began < 5
    await producer.stop()


async def test_a_consumer_that_starts_without_a_broker_fails_at_once() -> None:
    consumer = AIOKafkaConsumer("events", bootstrap_servers=f"{HOST}:{free_port()}", group_id="readers")
    began = time.monotonic()
    with pytest.raises(KafkaConnectionError):
        await consumer.start()
    assert time.monotonic() - began < 5
    await consumer.stop()
