"""What the status page says of Kafka: asked when somebody looks, and not for every look."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from peyvand.kafka.settings import KafkaSettings
from peyvand.kafka.topics import durability
from timeline.serving import Bus

# A topic's settings change rarely; a broker that is away must not keep a page waiting.
REMEMBERED_SECONDS = 60.0
RETRIED_SECONDS = 5.0
PATIENCE_SECONDS = 2.0


@dataclass(slots=True)
class RememberedBus:
    """The bus as it was when last asked."""

    ask: Callable[[], Awaitable[Bus]]
    now: Callable[[], float] = time.monotonic
    _said: Bus | None = None
    _until: float = 0.0
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def __call__(self) -> Bus:
        """Return what the bus said within the last minute."""
        async with self._asking:
            if self._said is None or self.now() >= self._until:
                self._said = await self._asked()
                self._until = self.now() + (RETRIED_SECONDS if self._said.durable is None else REMEMBERED_SECONDS)
            return self._said

    async def _asked(self) -> Bus:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await self.ask()
        except Exception as error:  # noqa: BLE001 - whatever the bus does, the page is shown
            return Bus(None, str(error) or type(error).__name__)


def kafka_bus(settings: KafkaSettings) -> RememberedBus:
    """Return what asks Kafka itself."""

    async def ask() -> Bus:
        said = await durability(settings)
        return Bus(said.durable, said.words)

    return RememberedBus(ask)
