"""Kafka into PostgreSQL, every row of every table, against writing the same rows in the same batches by COPY."""

import asyncio
import os
import time
from collections.abc import Iterator

import pytest
import uvloop
from aiokafka import AIOKafkaConsumer, TopicPartition

from benchmarks.batches import Noting, rows_of, seconds_to_write
from benchmarks.cores import OTHERS, SERVICE, pin
from benchmarks.posts import configuration, readings
from parts.kafka import Kafka
from parts.postgres import OwnPostgres
from peyvand.kafka.publisher import KafkaPublisher
from peyvand.kafka.settings import KafkaSettings
from peyvand.kafka.topics import provision
from peyvand.wire import DELIVERIES, EVENTS
from timeline.consume.consumer import consuming
from timeline.store import SqlStore, open_database

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]

COUNT = int(os.environ.get("PEYVAND_BENCH_EVENTS", "20000"))


@pytest.fixture
def on_their_cores(own_kafka: Kafka, own_postgres: OwnPostgres) -> Iterator[None]:
    """Give the service a core of its own."""
    before = os.sched_getaffinity(0)
    pin(own_kafka.pid, OTHERS)
    pin(own_postgres.pid, OTHERS)
    pin(os.getpid(), SERVICE)
    yield
    os.sched_setaffinity(0, before)


@pytest.mark.usefixtures("on_their_cores")
def test_recording_against_the_fastest_way_to_write_the_same_rows(
    own_kafka: Kafka, own_postgres: OwnPostgres, capsys: pytest.CaptureFixture[str]
) -> None:
    with own_postgres.database() as url, own_postgres.database() as raw_url:
        told = uvloop.run(_measured(own_kafka, url, raw_url))
    with capsys.disabled():
        print("\n" + told)


async def _measured(kafka: Kafka, url: str, raw_url: str) -> str:
    settings = KafkaSettings(bootstrap_servers=kafka.bootstrap, topic_prefix="bench.", group="bench")
    await provision(settings)
    publisher = KafkaPublisher(settings)
    async with publisher.running():
        await _filled(publisher)
        consume = await _seconds_to_consume(settings)
        store, processor = await _recorded(settings, url, publisher)
    took = store.ended - store.began
    await (await open_database(raw_url)).close()
    raw = await seconds_to_write(raw_url, await rows_of(url, store.batches))
    return (
        f"Kafka into PostgreSQL: {COUNT / took:.0f} interactions/s in {len(store.batches)} transactions"
        f" ({processor / COUNT * 1e6:.0f} us of the service's processor each)\n"
        f"  the same rows in the same batches by COPY: {COUNT / raw:.0f}/s; ratio {raw / took:.2f}\n"
        f"  consuming alone: {2 * COUNT / consume:.0f} records/s, so {COUNT / consume:.0f} interactions/s;"
        f" ratio {consume / took:.3f}"
    )


async def _filled(publisher: KafkaPublisher) -> None:
    while await publisher.ready() is not None:
        await asyncio.sleep(0.05)
    stamp = int(time.time())
    for first in range(0, COUNT, 500):
        await publisher.publish(readings(min(500, COUNT - first), stamp, first))


async def _seconds_to_consume(settings: KafkaSettings) -> float:
    consumer = AIOKafkaConsumer(bootstrap_servers=settings.servers, auto_offset_reset="earliest")
    await consumer.start()
    every = [TopicPartition(settings.topic(t), p) for t in (EVENTS, DELIVERIES) for p in range(settings.partitions)]
    consumer.assign(every)
    begun, seen = time.perf_counter(), 0
    while seen < 2 * COUNT:
        seen += sum(map(len, (await consumer.getmany(timeout_ms=1000, max_records=500)).values()))
    took = time.perf_counter() - begun
    await consumer.stop()
    return took


async def _recorded(settings: KafkaSettings, url: str, letters: KafkaPublisher) -> tuple[Noting, float]:
    """Return the store that took everything, and the processor's seconds for it."""
    database = await open_database(url)
    store = Noting(SqlStore(database, configuration().organisation.id))
    begun = time.process_time()
    async with consuming(settings, store, letters):
        while store.events < COUNT or sum(len(r) for r, _ in store.batches) < COUNT:
            await asyncio.sleep(0.05)
        processor = time.process_time() - begun
    await database.close()
    return store, processor
