"""Whether a broker answers, and whether our topics are there."""

import asyncio
from collections.abc import Sequence
from typing import Any

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

from peyvand.kafka.settings import KafkaSettings
from peyvand.wire import TOPICS

ANSWER_SECONDS = 2.0


async def trouble(client: AIOKafkaClient, settings: KafkaSettings) -> str | None:
    """Return in words what a broker's answer says against us, or that there was none in time."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            answered = await client.force_metadata_update()
    except (KafkaError, TimeoutError, OSError):
        answered = False
    if not answered:
        return f"Kafka does not answer at {settings.bootstrap_servers}"
    return _missing(client.cluster, [settings.topic(name) for name in TOPICS])


def _missing(cluster: Any, topics: Sequence[str]) -> str | None:
    absent = [name for name in topics if cluster.partitions_for_topic(name) is None]
    if absent:
        return f"Kafka has no topic {', '.join(absent)}: make it with python -m peyvand.kafka.topics"
    unled = [name for name in topics if not cluster.available_partitions_for_topic(name)]
    return f"no broker leads the topic {', '.join(unled)}" if unled else None
