"""Whether what the brokers acknowledge is safe, as they themselves say."""

from dataclasses import dataclass

from peyvand.kafka.admin import Topic, administering
from peyvand.kafka.settings import KafkaSettings
from peyvand.wire import DELIVERIES, EVENTS

LOSS = "a power failure can lose what was acknowledged"


@dataclass(frozen=True, slots=True)
class Durability:
    """Whether an acknowledged record survives the failure of one machine or its power, and why."""

    durable: bool
    words: str


async def durability(settings: KafkaSettings, wait_seconds: float = 5.0) -> Durability:
    """Return what holds for the weakest of our topics; raises Unavailable."""
    names = [settings.topic(EVENTS), settings.topic(DELIVERIES)]
    async with administering(settings, wait_seconds) as admin:
        topics = await admin.topics(names)
    if missing := [name for name in names if name not in topics]:
        return Durability(False, f"there is no topic {' and no topic '.join(missing)}")
    return min((judged(topic) for topic in topics.values()), key=lambda found: found.durable)


def judged(topic: Topic) -> Durability:
    """Return what a topic's settings promise."""
    needed = int(topic.settings.get("min.insync.replicas") or 1)
    flushes = topic.settings.get("flush.messages") == "1"
    if needed >= 2 and topic.copies >= needed:
        return Durability(True, f"{topic.copies} copies, {needed} must have it")
    if topic.copies == 1 and flushes:
        return Durability(True, "one broker that flushes every message")
    if topic.copies == 1:
        return Durability(False, f"one broker that does not flush: {LOSS}")
    if flushes:
        return Durability(True, f"{topic.copies} copies, one must have it and flushes every message")
    return Durability(False, f"{topic.copies} copies, one is enough and does not flush: {LOSS}")
