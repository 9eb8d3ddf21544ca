"""The subscription to both topics, in the one shape of FastStream's consumer that loses nothing."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from aiokafka import ConsumerRecord
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaMessage
from faststream.kafka.subscriber.usecase import BatchSubscriber

from peyvand.kafka.settings import KafkaSettings
from timeline.consume.membership import Membership
from timeline.consume.pace import Pace

MOST_RECORDS = 500
# An empty poll costs up to twice this in latency.
POLL_MILLISECONDS = 50
# A record of the largest size must pass; what is fetched ahead is held in memory, for each partition so much.
PARTITION_BYTES, FETCH_BYTES = 5 * 1024 * 1024, 32 * 1024 * 1024

Handle = Callable[[KafkaMessage], Awaitable[None]]
Batch = tuple[ConsumerRecord, ...]


@dataclass(frozen=True, slots=True)
class Subscription:
    """A broker of FastStream's with its one subscriber; neither is used again once it was stopped."""

    broker: KafkaBroker
    subscriber: BatchSubscriber


def subscribe(
    settings: KafkaSettings, pace: Pace, topics: Sequence[str], membership: Membership, handle: Handle
) -> Subscription:
    """Return the subscription, not yet started."""
    broker = KafkaBroker(
        settings.servers,
        client_id="peyvand-timeline",
        consumer_only=True,
        allow_auto_create_topics=False,
        apply_types=False,
        graceful_timeout=pace.graceful,
        logger=None,  # it would write errors out whole, and with them what is in a batch
    )
    session = int(settings.session_seconds * 1000)
    subscriber = broker.subscriber(
        *topics,
        batch=True,
        max_records=MOST_RECORDS,
        batch_timeout_ms=POLL_MILLISECONDS,
        group_id=settings.group,
        group_instance_id=settings.group_instance,
        ack_policy=AckPolicy.NACK_ON_ERROR,  # every other policy loses a batch that fails
        auto_offset_reset="earliest",
        # A receipt has the key of its first event, and both topics as many partitions: both come to one worker.
        partition_assignment_strategy=(RangePartitionAssignor,),
        session_timeout_ms=session,
        heartbeat_interval_ms=min(3000, session // 3),
        max_poll_interval_ms=int(pace.most_poll * 1000),
        max_partition_fetch_bytes=PARTITION_BYTES,
        fetch_max_bytes=FETCH_BYTES,
        listener=membership,
        parser=_parse,
        decoder=_pass,
        no_reply=True,
    )
    subscriber(handle)
    return Subscription(broker, subscriber)


async def _parse(batch: Batch, original: Callable[[Batch], Awaitable[KafkaMessage]]) -> KafkaMessage:
    """Return the batch as a message, its headers unread.

    FastStream's own parser decodes every header as UTF-8. Where that fails its acknowledgement cannot parse the batch
    either, nothing is sought back, and the next batch commits past this one: 500 records lost for one header.
    """
    message = await original((replace(batch[0], headers=()),))
    message.raw_message = batch
    return message


async def _pass(message: KafkaMessage) -> KafkaMessage:
    """Give the handler the message itself: it acknowledges, and says more than bytes."""
    return message
