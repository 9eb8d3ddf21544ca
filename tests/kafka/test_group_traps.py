"""What a member of a group meets on a real Kafka: it is put out for idling, and its commits fail in silence."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import CommitFailedError, KafkaConnectionError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker

from kafka.records import send
from parts.kafka import Kafka
from parts.loopback import HOST, free_port

pytestmark = pytest.mark.real
MOST_IDLE_MS = 1000
IDLING = {"max_poll_interval_ms": MOST_IDLE_MS, "heartbeat_interval_ms": 100}


@pytest.fixture
async def topic(kafka: Kafka, topic_prefix: str) -> str:
    """Give a topic of one record; its group has its name."""
    name = f"{topic_prefix}events"
    kafka.create(name)
    await send(kafka, name, b"event")
    return name


@asynccontextmanager
async def _member(kafka: Kafka, topic: str) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=kafka.bootstrap,
        group_id=topic,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        **IDLING,
    )
    async with consumer:
        yield consumer


@asynccontextmanager
async def _admin(kafka: Kafka) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


async def _state(kafka: Kafka, group: str) -> str:
    async with _admin(kafka) as admin:
        [answer] = await admin.describe_consumer_groups([group])
    state: str = answer.groups[0][2]
    return state


async def _until_empty(kafka: Kafka, group: str) -> None:
    async with asyncio.timeout(20):
        while await _state(kafka, group) != "Empty":
            await asyncio.sleep(0.05)
    # The member may not have read the answer yet; stopped before it has, aiokafka raises CancelledError out of stop().
    await asyncio.sleep(0.5)


async def test_a_member_that_does_not_poll_leaves_its_group(kafka: Kafka, topic: str) -> None:
    async with _member(kafka, topic) as member:
        await member.getone()
        await _until_empty(kafka, topic)


async def test_a_member_that_polls_while_it_is_paused_stays_in_its_group(kafka: Kafka, topic: str) -> None:
    async with _member(kafka, topic) as member:
        await member.getone()
        member.pause(*member.assignment())
        paused = time.monotonic()
        while time.monotonic() < paused + 2.5 * MOST_IDLE_MS / 1000:
            assert await member.getmany(timeout_ms=200) == {}
        assert await _state(kafka, topic) == "Stable"


async def test_a_member_that_was_put_out_cannot_commit_once_another_has_its_place(kafka: Kafka, topic: str) -> None:
    async with _member(kafka, topic) as slow:
        await slow.getone()
        await _until_empty(kafka, topic)
        async with _member(kafka, topic) as other:
            assert (await other.getone()).value == b"event"
            with pytest.raises(CommitFailedError):
                await slow.commit()


async def test_an_automatic_acknowledgement_that_failed_is_only_logged(
    kafka: Kafka, topic: str, caplog: pytest.LogCaptureFixture
) -> None:
    broker = KafkaBroker(kafka.bootstrap, logger=logging.getLogger(topic))
    handling, go_on = asyncio.Event(), asyncio.Event()

    @broker.subscriber(
        topic,
        group_id=topic,
        auto_offset_reset="earliest",
        ack_policy=AckPolicy.NACK_ON_ERROR,
        max_poll_interval_ms=MOST_IDLE_MS,
        heartbeat_interval_ms=100,
    )
    async def handle(value: bytes) -> None:
        handling.set()
        await go_on.wait()

    async with broker, asyncio.timeout(30):
        await broker.start()
        await handling.wait()
        await _until_empty(kafka, topic)
        async with _member(kafka, topic) as other:
            await other.getone()
            go_on.set()
            while not _failures(caplog):
                await asyncio.sleep(0.02)
            assert await _committed(kafka, topic) == {}


def _failures(caplog: pytest.LogCaptureFixture) -> list[str]:
    critical = [record for record in caplog.records if record.levelno == logging.CRITICAL]
    return [record.getMessage() for record in critical if "CommitFailedError" in record.getMessage()]


async def _committed(kafka: Kafka, group: str) -> object:
    async with _admin(kafka) as admin:
        return await admin.list_consumer_group_offsets(group)


@pytest.mark.filterwarnings("ignore:Unclosed AIOKafkaProducer")  # FastStream leaves one behind each time
async def test_a_subscriber_that_starts_without_a_broker_fails_at_once() -> None:
    broker = KafkaBroker(f"{HOST}:{free_port()}", logger=None)
    broker.subscriber("events", group_id="readers")(print)
    began = time.monotonic()
    with pytest.raises(KafkaConnectionError):
        await broker.start()
    assert time.monotonic() - began < 5
    await broker.stop()
