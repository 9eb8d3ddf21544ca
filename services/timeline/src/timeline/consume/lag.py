"""How far the worker is behind the bus, and whether it comes on at all."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiokafka import AIOKafkaConsumer, TopicPartition

from timeline.consume.metrics import LAG

Offsets = Mapping[TopicPartition, int]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a worker's partitions end, and where it stands in them."""

    ends: Offsets
    positions: Offsets

    def lag(self, running: Offsets) -> dict[TopicPartition, int]:
        """Return how many records are not recorded yet, those of the running batch among them."""
        at = {tp: min(position, running.get(tp, position)) for tp, position in self.positions.items()}
        return {tp: max(self.ends[tp] - at[tp], 0) for tp in at}


async def ask(consumer: AIOKafkaConsumer) -> Standing:
    """Return what the broker says; raises what aiokafka raises."""
    partitions = consumer.assignment()
    if not partitions:
        await consumer.topics()
        return Standing({}, {})
    ends = await consumer.end_offsets(partitions)
    return Standing(ends, {tp: await consumer.position(tp) for tp in partitions})


@dataclass(slots=True)
class Progress:
    """Since when a worker has had something to fetch and has fetched nothing."""

    _positions: Offsets = field(default_factory=dict)
    _since: float = field(default_factory=time.monotonic)

    def idle(self, standing: Standing, running: Offsets) -> float:
        """Return for how many seconds that has been so by now; a running batch is progress."""
        lag = standing.lag(running)
        if running or not sum(lag.values()) or standing.positions != self._positions:
            self._positions, self._since = standing.positions, time.monotonic()
        return time.monotonic() - self._since


def show(lag: Offsets, topics: Mapping[str, str]) -> None:
    """Set the gauges, and drop those of partitions that are another worker's now."""
    LAG.clear()
    for (topic, partition), behind in lag.items():
        LAG.labels(topics[topic], partition).set(behind)
