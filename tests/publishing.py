"""A publisher at a real Kafka, callers that load it, and what stands in the topics afterwards."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from uuid import UUID

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from making import customer, message, reading, telegram
from parts.kafka import Kafka
from peyvand.errors import Unavailable
from peyvand.kafka.publisher import KafkaPublisher
from peyvand.kafka.settings import KafkaSettings
from peyvand.kafka.topics import provision
from peyvand.publish import Reading


def saying(name: str, text: str = "سلام") -> Reading:
    """Return a reading of one message, of a delivery and a sender of its own; its text is as long as it is."""
    said = message(name, [customer(telegram(int.from_bytes(name.encode()[-6:])))])
    return reading(said.model_copy(update={"text": text}))


@asynccontextmanager
async def publishing(settings: KafkaSettings) -> AsyncIterator[KafkaPublisher]:
    """Yield a publisher that has its topics and is connected."""
    await provision(settings)
    publisher = KafkaPublisher(settings)
    async with publisher.running():
        await until_ready(publisher)
        yield publisher


async def until_ready(publisher: KafkaPublisher, seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while await publisher.ready() is not None:
            await asyncio.sleep(0.02)


async def until_not_ready(publisher: KafkaPublisher, seconds: float = 20) -> str:
    """Return what it says."""
    async with asyncio.timeout(seconds):
        while (said := await publisher.ready()) is None:
            await asyncio.sleep(0.02)
        return said


async def eventually(happened: Callable[[], bool], seconds: float = 20) -> None:
    """Return once it happened. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not happened():
            await asyncio.sleep(0.02)


async def everything(kafka: Kafka, *topics: str) -> list[ConsumerRecord[bytes, bytes]]:
    """Return all records of the topics, as a plain consumer reads them."""
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap, max_partition_fetch_bytes=8 * 1024 * 1024)
    async with consumer:
        await consumer._client.force_metadata_update()
        places = [TopicPartition(t, p) for t in topics for p in consumer.partitions_for_topic(t) or ()]
        consumer.assign(places)
        await consumer.seek_to_beginning(*places)
        ends = await consumer.end_offsets(places)
        found: list[ConsumerRecord[bytes, bytes]] = []
        while any([await consumer.position(place) < end for place, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=200)).values():
                found += records
        return found


@dataclass(slots=True)
class Callers:
    """Callers that publish one reading after the other, as webhooks do, and what they were told."""

    publisher: KafkaPublisher
    acknowledged: set[UUID] = field(default_factory=set)
    told: Counter[str] = field(default_factory=Counter)
    longest: float = 0
    _numbers: Iterator[int] = field(default_factory=count)

    async def call(self) -> None:
        given = saying(f"saying {next(self._numbers)}")
        began = time.monotonic()
        try:
            await self.publisher.publish([given])
            self.acknowledged.add(given.delivery.id)
        except Unavailable as error:
            self.told[str(error)] += 1
            await asyncio.sleep(0.02)
        finally:
            self.longest = max(self.longest, time.monotonic() - began)

    @asynccontextmanager
    async def calling(self, callers: int) -> AsyncIterator[None]:
        """Call for as long as the body runs."""
        ended = asyncio.Event()

        async def caller() -> None:
            while not ended.is_set():
                await self.call()

        async with asyncio.TaskGroup() as group:
            for _ in range(callers):
                group.create_task(caller())
            try:
                yield
            finally:
                ended.set()
