"""The samples of the past count as received when they happened: they were captured then, and only sent again now."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from peyvand.publish import Publisher, Reading

# What is received in the demo's first seconds is its past; what comes later is live, or a mail that really is late.
PAST = timedelta(seconds=12)
ON_ITS_WAY = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class AsCaptured:
    """Passes readings on, with the receive times that they had when they were captured."""

    publisher: Publisher
    began: datetime = field(default_factory=lambda: datetime.now(UTC))

    async def publish(self, readings: Sequence[Reading]) -> None:
        """Publish; raises Unavailable."""
        await self.publisher.publish([self._dated(reading) for reading in readings])

    def _dated(self, reading: Reading) -> Reading:
        if not reading.events or reading.delivery.received_at > self.began + PAST:
            return reading
        arrived = max(min(e.received_at, e.occurred_at + ON_ITS_WAY) for e in reading.events)
        return replace(
            reading,
            delivery=replace(reading.delivery, received_at=arrived),
            events=tuple(e.model_copy(update={"received_at": arrived}) for e in reading.events),
        )
