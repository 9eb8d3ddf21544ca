"""A timeline of a test's own at the bus that all tests share."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from consuming import World, world
from parts.kafka import Kafka
from peyvand.kafka.provisioning import provision
from peyvand.kafka.settings import KafkaSettings


@pytest.fixture
def store_url(tmp_path: Path) -> str:
    """Name an empty database."""
    return f"sqlite:///{tmp_path}/store.db"


@pytest.fixture
async def bus_without_topics(kafka: Kafka, topic_prefix: str, store_url: str) -> AsyncIterator[World]:
    """Give a timeline and a bus that nobody has prepared."""
    settings = KafkaSettings(
        bootstrap_servers=kafka.bootstrap,
        topic_prefix=topic_prefix,
        group=f"{topic_prefix}timeline",
        partitions=4,
        session_seconds=6,
    )
    async with world(settings, store_url) as made:
        yield made


@pytest.fixture
async def bus(bus_without_topics: World) -> World:
    """Give a timeline and a bus with its topics."""
    await provision(bus_without_topics.settings)
    await bus_without_topics.connected()
    return bus_without_topics
