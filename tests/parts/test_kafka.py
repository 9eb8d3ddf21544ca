"""The Kafka that tests get is real, keeps its data over a restart, and forgets where a test wants it to."""

import asyncio

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from parts.kafka import Kafka, mock_kafka
from parts.kafka_jars import java_version
from parts.missing import Missing

pytestmark = pytest.mark.real


async def _send(kafka: Kafka, topic: str, *values: bytes) -> list[int]:
    """Send each value as a batch of its own and return their offsets."""
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, enable_idempotence=True) as producer:
        return [(await producer.send_and_wait(topic, value)).offset for value in values]


async def _read(kafka: Kafka, topic: str, count: int) -> list[bytes | None]:
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=kafka.bootstrap, group_id=f"{topic}.readers", auto_offset_reset="earliest"
    )
    async with consumer:
        return [(await consumer.getone()).value for _ in range(count)]


async def test_what_is_sent_can_be_read_by_a_group(kafka: Kafka, topic_prefix: str) -> None:
    kafka.create(f"{topic_prefix}sayings")
    await _send(kafka, f"{topic_prefix}sayings", "سلام".encode())
    assert await _read(kafka, f"{topic_prefix}sayings", 1) == ["سلام".encode()]


async def test_a_killed_broker_comes_back_at_the_same_address_with_its_data(own_kafka: Kafka) -> None:
    own_kafka.create("sayings")
    await _send(own_kafka, "sayings", b"before")
    own_kafka.kill()
    own_kafka.start()
    assert await _send(own_kafka, "sayings", b"after") == [1]


async def test_a_broker_that_lost_the_last_batch_keeps_what_was_before_it(own_kafka: Kafka) -> None:
    own_kafka.create("sayings")
    await _send(own_kafka, "sayings", b"kept", b"lost")
    own_kafka.stop()
    own_kafka.lose_producer_state()
    own_kafka.start()
    await _send(own_kafka, "sayings", b"new")
    assert await _read(own_kafka, "sayings", 2) == [b"kept", b"new"]


async def test_a_paused_broker_answers_nothing_until_it_goes_on(own_kafka: Kafka) -> None:
    own_kafka.create("sayings")
    own_kafka.pause()
    sending = asyncio.create_task(_send(own_kafka, "sayings", b"at last"))
    answered, _ = await asyncio.wait([sending], timeout=0.5)
    own_kafka.resume()
    assert (answered, await sending) == (set(), [0])


def test_a_broker_that_runs_loses_nothing(own_kafka: Kafka) -> None:
    with pytest.raises(RuntimeError, match="stop it first"):
        own_kafka.lose_producer_state()


async def test_where_there_is_no_kafka_a_single_client_has_a_mock() -> None:
    with mock_kafka() as kafka:
        await _send(kafka, "sayings", b"one")
        assert await _read(kafka, "sayings", 1) == [b"one"]


def test_a_machine_without_java_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Missing, match="default-jre-headless"):
        java_version()
