"""How far the timeline has consumed what Kafka has acknowledged."""

import time
from dataclasses import dataclass, field

from confluent_kafka import Consumer, KafkaException, TopicPartition

from parts.loopback import wait_until
from peyvand.wire import DELIVERIES, EVENTS


@dataclass(slots=True)
class Lag:
    """A look from outside the group, which never joins it."""

    bootstrap: str
    prefix: str
    group: str
    _looker: Consumer | None = field(default=None, repr=False)

    def wait_until_consumed(self, seconds: float = 60) -> None:
        """Return once all that is acknowledged by now has been recorded and committed."""
        deadline = time.monotonic() + seconds
        ends = {partition: self._end(partition) for partition in self._partitions()}
        wait_until(lambda: self._left(ends) == 0, "the timeline consuming all", deadline - time.monotonic())

    def records(self) -> list[bytes]:
        """Return the values of all records of all topics of the prefix."""
        reader = Consumer(self._settings(f"{self.group}-reader"))
        try:
            partitions = [TopicPartition(t, p, 0) for t, p in self._partitions()]
            wanted = sum(self._end(partition) for partition in self._partitions())
            reader.assign(partitions)
            found: list[bytes] = []
            while len(found) < wanted:
                found += [m.value() or b"" for m in reader.consume(wanted - len(found), 5) if m.error() is None]
            return found
        finally:
            reader.close()

    def is_ahead(self) -> bool:
        """Tell whether the group has committed what is not there: the bus has lost it since."""
        asked = [TopicPartition(*partition) for partition in self._partitions()]
        try:
            told = self._consumer().committed(asked, timeout=10)
        except KafkaException:  # as below: it cannot be told yet
            return True
        return any(p.offset > self._end((p.topic, p.partition)) for p in told)

    def close(self) -> None:
        if self._looker is not None:
            self._looker.close()
            self._looker = None

    def _left(self, ends: dict[tuple[str, int], int]) -> int:
        asked = [TopicPartition(topic, number) for topic, number in ends]
        try:
            told = self._consumer().committed(asked, timeout=10)
        except KafkaException:  # the group's coordinator has just been found, or lost
            return 1
        return sum(max(0, ends[p.topic, p.partition] - max(0, p.offset)) for p in told)

    def _end(self, partition: tuple[str, int]) -> int:
        return int(self._consumer().get_watermark_offsets(TopicPartition(*partition), timeout=10)[1])

    def _partitions(self) -> list[tuple[str, int]]:
        known = self._consumer().list_topics(timeout=10).topics
        names = [self.prefix + name for name in (EVENTS, DELIVERIES)]
        return [(name, number) for name in names if name in known for number in known[name].partitions]

    def _consumer(self) -> Consumer:
        if self._looker is None:
            self._looker = Consumer(self._settings(self.group))
        return self._looker

    def _settings(self, group: str) -> dict[str, str | bool | int]:
        return {"bootstrap.servers": self.bootstrap, "group.id": group, "enable.auto.commit": False, "log_level": 2}
