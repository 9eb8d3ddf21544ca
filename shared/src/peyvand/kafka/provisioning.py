"""The topics made as they are configured, and what of that cannot be done, in words."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from peyvand.errors import Unavailable
from peyvand.kafka.admin import Admin, Topic, administering
from peyvand.kafka.limits import LARGEST, ROOM
from peyvand.kafka.settings import KafkaSettings
from peyvand.wire import DEAD, TOPICS

WAIT_SECONDS = 60.0
SEEN_SECONDS = 10.0
# What nobody could read waits longer than what is read within seconds.
DEAD_HOURS, DEAD_PARTITIONS = 30 * 24, 3
HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Provisioned:
    """What was done, and what is not as it is configured and has to be done by hand."""

    done: tuple[str, ...]
    differs: tuple[str, ...]


async def provision(settings: KafkaSettings, wait_seconds: float = WAIT_SECONDS) -> Provisioned:
    """Create the topics or put right what differs; raises Unavailable when Kafka is not there or refuses."""
    done: list[str] = []
    differs: list[str] = []
    names = {settings.topic(name): name for name in TOPICS}
    async with administering(settings, wait_seconds) as admin:
        there = await admin.topics(names)
        for name in names.keys() - there.keys():
            await admin.create(name, *_shape(settings, names[name]))
            done.append(f"{name}: created with {_partitions(settings, names[name])} partitions")
        for name, topic in there.items():
            await _put_right(admin, topic, _partitions(settings, names[name]), done)
            await _set_right(admin, topic, wanted(settings, names[name], topic.copies), done)
            differs += _differences(topic, settings, _partitions(settings, names[name]))
        await _seen(admin, settings, names)
    return Provisioned(tuple(sorted(done)), tuple(sorted(differs)))


def wanted(settings: KafkaSettings, name: str, copies: int) -> dict[str, str]:
    """Return the settings of a topic that has so many copies of each record.

    Where one copy is enough for an acknowledgement, it counts only once it is on the disk.
    """
    hours = max(settings.retention_hours, DEAD_HOURS) if name == DEAD else settings.retention_hours
    found = {
        "cleanup.policy": "delete",
        "compression.type": "producer",
        "max.message.bytes": str(LARGEST + ROOM),
        "min.insync.replicas": "2" if copies >= 3 else "1",
        "retention.ms": str(hours * HOUR_MS),
        "unclean.leader.election.enable": "false",
    }
    return found if copies >= 3 else {**found, "flush.messages": "1"}


async def _put_right(admin: Admin, topic: Topic, partitions: int, done: list[str]) -> None:
    if topic.partitions < partitions:
        await admin.grow(topic.name, partitions)
        done.append(f"{topic.name}: {partitions} partitions instead of {topic.partitions}")


async def _set_right(admin: Admin, topic: Topic, told: Mapping[str, str], done: list[str]) -> None:
    other = {name: value for name, value in told.items() if topic.settings.get(name) != value}
    if other:
        await admin.set(topic, other)
        done += [f"{topic.name}: {name} is {value}, was {topic.settings.get(name)}" for name, value in other.items()]


def _differences(topic: Topic, settings: KafkaSettings, partitions: int) -> list[str]:
    found = []
    if topic.partitions > partitions:
        found.append(f"{topic.name} has {topic.partitions} partitions, not {partitions}: Kafka can take none away")
    if topic.copies != settings.replication:
        found.append(
            f"{topic.name} has {topic.copies} copies of each record, not {settings.replication}:"
            " Kafka's kafka-reassign-partitions changes that"
        )
    return found


async def _seen(admin: Admin, settings: KafkaSettings, names: Mapping[str, str]) -> None:
    """Return once the brokers show what was done; they hear of it a moment after the controller."""
    try:
        async with asyncio.timeout(SEEN_SECONDS):
            while True:
                shown = await admin.topics(names)
                if all(name in shown and _is_shown(shown[name], settings, names[name]) for name in names):
                    return
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise Unavailable("Kafka made the topics and does not show them yet: try again") from None


def _is_shown(topic: Topic, settings: KafkaSettings, name: str) -> bool:
    told = wanted(settings, name, topic.copies)
    right = all(topic.settings.get(key) == value for key, value in told.items())
    return right and topic.partitions >= _partitions(settings, name)


def _shape(settings: KafkaSettings, name: str) -> tuple[int, int, dict[str, str]]:
    return _partitions(settings, name), settings.replication, wanted(settings, name, settings.replication)


def _partitions(settings: KafkaSettings, name: str) -> int:
    return min(settings.partitions, DEAD_PARTITIONS) if name == DEAD else settings.partitions
