"""What FastStream's ways of acknowledging do on a real Kafka when a handler fails once."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.annotations import KafkaMessage

from kafka.records import send
from parts.kafka import Kafka

pytestmark = [
    pytest.mark.real,
    # FastStream says itself that rejecting is acknowledging.
    pytest.mark.filterwarnings("ignore:AckPolicy.REJECT_ON_ERROR has the same effect as AckPolicy.ACK"),
]
SENT = [b"1", b"2", b"3", b"4", b"5", b"6"]


class Handled:
    """What a handler took, which fails the first times that it is called."""

    def __init__(self, failures: int) -> None:
        self.values: list[bytes] = []
        self.calls = 0
        self._failures = failures
        self._called = asyncio.Condition()

    async def take(self, values: list[bytes]) -> None:
        async with self._called:
            self.calls += 1
            self._called.notify_all()
            if self.calls <= self._failures:
                raise RuntimeError("the database is away")
            self.values += values

    async def until(self, happened: Callable[[], bool]) -> None:
        async with asyncio.timeout(20), self._called:
            await self._called.wait_for(happened)


@asynccontextmanager
async def _subscribed(kafka: Kafka, topic: str, policy: AckPolicy, handled: Handled) -> AsyncIterator[None]:
    broker = KafkaBroker(kafka.bootstrap, logger=None)
    reading = broker.subscriber(
        topic, group_id=topic, batch=True, max_records=3, auto_offset_reset="earliest", ack_policy=policy, decoder=_raw
    )

    @reading
    async def handle(values: list[bytes], message: KafkaMessage) -> None:
        await handled.take(values)
        if policy is AckPolicy.MANUAL:
            await message.ack()

    async with broker:
        await broker.start()
        yield


async def _raw(message: KafkaMessage) -> object:
    return message.body


@pytest.fixture
async def topic(kafka: Kafka, topic_prefix: str) -> str:
    """Give a topic of one partition that holds two batches of three."""
    name = f"{topic_prefix}events"
    kafka.create(name)
    await send(kafka, name, *SENT)
    return name


@pytest.mark.parametrize(
    "policy",
    [AckPolicy.ACK_FIRST, AckPolicy.ACK, AckPolicy.REJECT_ON_ERROR, AckPolicy.MANUAL],
    ids=lambda policy: policy.name,
)
async def test_a_batch_whose_handler_failed_once_is_lost(kafka: Kafka, topic: str, policy: AckPolicy) -> None:
    handled = Handled(failures=1)
    async with _subscribed(kafka, topic, policy, handled):
        await handled.until(lambda: b"6" in handled.values)
    await send(kafka, topic, b"later")
    async with _subscribed(kafka, topic, policy, handled):
        await handled.until(lambda: b"later" in handled.values)
    assert handled.values == [b"4", b"5", b"6", b"later"]


async def test_only_nack_on_error_gives_the_batch_again(kafka: Kafka, topic: str) -> None:
    handled = Handled(failures=1)
    async with _subscribed(kafka, topic, AckPolicy.NACK_ON_ERROR, handled):
        await handled.until(lambda: b"6" in handled.values)
    assert handled.values == SENT


async def test_nack_on_error_gives_the_batch_again_without_a_pause(kafka: Kafka, topic: str) -> None:
    handled = Handled(failures=10_000)
    async with _subscribed(kafka, topic, AckPolicy.NACK_ON_ERROR, handled):
        await handled.until(lambda: handled.calls > 0)
        began = time.monotonic()
        await handled.until(lambda: handled.calls > 100)
    assert time.monotonic() - began < 5  # with any sensible pause a hundred calls take longer
