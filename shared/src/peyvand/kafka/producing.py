"""The producer as we want it: aiokafka's own, idempotent, acknowledged by all who must have a record."""

from collections.abc import Iterable, Sequence

from aiokafka import AIOKafkaProducer
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError
from aiokafka.protocol.admin import DescribeConfigsRequest

from peyvand.kafka.limits import LARGEST, ROOM
from peyvand.kafka.settings import KafkaSettings

# Measured with 200 webhook callers at a time: below 2 the broker drowns in small batches, above 5 callers only wait.
LINGER_MS = 3
BATCH_BYTES = 64 * 1024
TOPIC_RESOURCE = 2


def producer(settings: KafkaSettings) -> AIOKafkaProducer:
    """Return a producer that is not started yet."""
    return AIOKafkaProducer(
        bootstrap_servers=settings.servers,
        client_id="peyvand",
        enable_idempotence=True,
        acks="all",
        compression_type="zstd",
        linger_ms=LINGER_MS,
        max_batch_size=BATCH_BYTES,
        max_request_size=LARGEST + ROOM // 2,
        request_timeout_ms=int(settings.send_seconds * 1000),
        partitioner=_partition,
    )


async def largest_taken(client: AIOKafkaClient, topics: Iterable[str]) -> int:
    """Return how large a record may be for all of the topics; who may not know that assumes that they are ours.

    A record that the broker refuses costs its producer the sequence, and so everybody who is waiting their send.
    """
    asked = [(TOPIC_RESOURCE, name, ["max.message.bytes"]) for name in topics]
    try:
        answer = await client.send(client.get_random_node(), DescribeConfigsRequest(asked, False))
    except KafkaError:
        return LARGEST
    taken = [int(entry[1]) for _, _, _, _, entries in answer.resources for entry in entries]
    return min([LARGEST, *(each - ROOM for each in taken)])


def _partition(key: bytes, every: Sequence[int], _led: Sequence[int]) -> int:
    """Return the partition of a key, which is a digest or an id: its end is as even as Kafka's hash, for less."""
    return every[int.from_bytes(key[-4:], "big") % len(every)]
