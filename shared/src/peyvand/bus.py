"""Which bus a connector service has: Kafka, with a spool before it where there is one, or none."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from peyvand.app import Check
from peyvand.environment import WrongEnvironment
from peyvand.errors import Unavailable
from peyvand.kafka.publisher import KafkaPublisher
from peyvand.kafka.settings import KafkaSettings
from peyvand.publish import Publisher, Reading
from peyvand.spool.publisher import SpooledPublisher


class NoBus:
    """The bus of a process that has none: it takes nothing, so that nobody is told that something is safe."""

    WHY = "no bus: this service runs alone, so it polls no source and answers webhooks with 503"

    async def publish(self, readings: Sequence[Reading]) -> None:
        """Refuse; the caller hears 503 and keeps what it has."""
        del readings
        raise Unavailable(self.WHY, retry_after=60)

    async def ready(self) -> str | None:
        """Say so."""
        return self.WHY


def _nothing() -> int:
    return 0


@dataclass(frozen=True, slots=True)
class Bus:
    """Where readings become durable, and what is not ready of it; how much is `left` in its spool or `aside`.

    What is `pulled` stays with its source while the bus is away; what is `called` in may be spooled.
    """

    pulled: Publisher
    called: Publisher
    checks: Mapping[str, Check]
    beside: Mapping[str, Check] = field(default_factory=dict)
    left: Callable[[], int] = _nothing
    aside: Callable[[], int] = _nothing


@asynccontextmanager
async def bus(settings: KafkaSettings, spool: Path | None) -> AsyncIterator[Bus]:
    """Give the bus while the body runs; at its end what was taken is acknowledged, or stays in the spool.

    Raises WrongEnvironment for a spool without a bus.
    """
    if not settings.servers:
        if spool is not None:
            raise WrongEnvironment("PEYVAND_SPOOL waits for a bus: set KAFKA_BOOTSTRAP_SERVERS too, or neither")
        yield Bus(NoBus(), NoBus(), {"bus": NoBus().ready})
        return
    kafka = KafkaPublisher(settings)
    async with kafka.running():
        if spool is None:
            yield Bus(kafka, kafka, {"bus": kafka.ready})
            return
        spooled = SpooledPublisher(kafka, spool)
        async with spooled.running():
            # a proxy that turned webhooks away because Kafka is away would keep them from the spool
            yield Bus(kafka, spooled, {"spool": spooled.ready}, {"bus": kafka.ready}, spooled.left, spooled.aside)
