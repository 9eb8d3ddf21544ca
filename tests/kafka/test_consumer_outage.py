"""Kafka itself away: the worker says so, goes on when it is back, and stops in time when it is not."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from consuming import BRISK, World, becomes, readings, texts, world
from parts.kafka import Kafka
from peyvand.kafka.provisioning import provision
from peyvand.kafka.settings import KafkaSettings

pytestmark = pytest.mark.real


@pytest.fixture
async def own(own_kafka: Kafka, tmp_path: Path) -> AsyncIterator[World]:
    """Give a timeline at a bus of its own."""
    settings = KafkaSettings(bootstrap_servers=own_kafka.bootstrap, partitions=4, session_seconds=6)
    await provision(settings)
    async with world(settings, f"sqlite:///{tmp_path}/store.db") as made:
        await made.connected()
        yield made


async def test_a_worker_goes_on_when_kafka_is_back_and_stops_in_time_when_it_is_not(
    own_kafka: Kafka, own: World
) -> None:
    async with own.consumer() as consumer:
        await own.letters.publish(readings(10))
        await own.all_committed()
        await asyncio.to_thread(own_kafka.kill)
        await becomes(consumer, "Kafka does not answer")
        await asyncio.to_thread(own_kafka.start)
        await becomes(consumer, None)
        await own.connected()
        await own.letters.publish(readings(20, start=10))
        await own.all_committed(30)
        await asyncio.to_thread(own_kafka.kill)
        await becomes(consumer, "Kafka does not answer")
        begun = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - begun < BRISK.graceful
    assert await own.texts() == texts(20)
