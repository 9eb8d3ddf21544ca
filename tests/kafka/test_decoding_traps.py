"""Why our subscriber takes bytes and we publish record by record: FastStream's batches on a real Kafka."""

import asyncio

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaPublishMessage
from faststream.kafka.annotations import KafkaMessage
from pydantic import BaseModel

from kafka.records import send
from parts.kafka import Kafka

pytestmark = pytest.mark.real
GOOD, POISON, LATER = b'{"number": 1}', b'{"number": "none"}', b'{"number": 4}'
PARTITIONS = 6
KEYS = [f"correspondent {number}".encode() for number in range(40)]


class Numbered(BaseModel):
    number: int


@pytest.fixture
async def topic(kafka: Kafka, topic_prefix: str) -> str:
    """Give a topic with a poison record between two good ones."""
    name = f"{topic_prefix}events"
    kafka.create(name)
    await send(kafka, name, GOOD, POISON, GOOD)
    return name


async def test_one_poison_record_fails_the_whole_batch_before_a_typed_handler_runs(kafka: Kafka, topic: str) -> None:
    broker = KafkaBroker(kafka.bootstrap, logger=None)
    taken: asyncio.Queue[list[int]] = asyncio.Queue()
    await send(kafka, topic, LATER)

    @broker.subscriber(
        topic, group_id=topic, batch=True, max_records=3, auto_offset_reset="earliest", ack_policy=AckPolicy.ACK
    )
    async def handle(values: list[Numbered]) -> None:
        taken.put_nowait([value.number for value in values])

    async with broker:
        await broker.start()
        assert await asyncio.wait_for(taken.get(), 20) == [4]


async def test_a_poison_record_is_decoded_for_ever_under_nack_on_error(kafka: Kafka, topic: str) -> None:
    broker = KafkaBroker(kafka.bootstrap, logger=None)
    tries: asyncio.Queue[None] = asyncio.Queue()
    taken: list[list[Numbered]] = []

    async def decode(message: KafkaMessage) -> object:
        tries.put_nowait(None)
        return [Numbered.model_validate_json(record.value) for record in message.raw_message]

    reading = broker.subscriber(
        topic,
        group_id=topic,
        batch=True,
        auto_offset_reset="earliest",
        ack_policy=AckPolicy.NACK_ON_ERROR,
        decoder=decode,
    )
    reading(taken.append)
    async with broker, asyncio.timeout(20):
        await broker.start()
        for _ in range(20):
            await tries.get()
    assert taken == []


async def test_a_handler_of_bytes_is_given_the_poison_record_with_the_others(kafka: Kafka, topic: str) -> None:
    broker = KafkaBroker(kafka.bootstrap, logger=None, apply_types=False)
    taken: asyncio.Queue[list[bytes]] = asyncio.Queue()

    async def undecoded(message: KafkaMessage) -> object:
        return message.body

    @broker.subscriber(topic, group_id=topic, batch=True, auto_offset_reset="earliest", decoder=undecoded)
    async def handle(values: list[bytes]) -> None:
        taken.put_nowait(values)

    async with broker:
        await broker.start()
        assert await asyncio.wait_for(taken.get(), 20) == [GOOD, POISON, GOOD]


async def _partitions_used(kafka: Kafka, topic: str) -> int:
    async with AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap) as consumer:
        ends = await consumer.end_offsets([TopicPartition(topic, number) for number in range(PARTITIONS)])
    return sum(end > 0 for end in ends.values())


async def test_publish_batch_puts_every_key_on_one_partition(kafka: Kafka, topic_prefix: str) -> None:
    topic = f"{topic_prefix}keyed"
    kafka.create(topic, PARTITIONS)
    async with KafkaBroker(kafka.bootstrap, logger=None) as broker:
        await broker.publish_batch(*[KafkaPublishMessage(GOOD, key=key) for key in KEYS], topic=topic)
    assert await _partitions_used(kafka, topic) == 1


async def test_publishing_one_by_one_spreads_the_keys(kafka: Kafka, topic_prefix: str) -> None:
    topic = f"{topic_prefix}keyed"
    kafka.create(topic, PARTITIONS)
    async with KafkaBroker(kafka.bootstrap, logger=None) as broker:
        await asyncio.gather(*[broker.publish(GOOD, topic, key=key) for key in KEYS])
    assert await _partitions_used(kafka, topic) == PARTITIONS
