"""This worker's part in its group: which partitions are its own, and nothing half done when they are dealt out anew."""

import asyncio
import time
from collections.abc import Collection
from dataclasses import dataclass, field

from aiokafka import ConsumerRebalanceListener, TopicPartition

from timeline.consume.patience import Patience


@dataclass(slots=True)
class Membership(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """Holds a rebalance back while a batch ends; one that waits for the database gives up instead, and comes again.

    Without this the batch would be committed in the next generation or not at all, and its worker's successor would
    record it again: harmless, since recording is idempotent, but twice the work just when there is much of it.
    """

    patience: Patience
    most_wait: float
    batch: asyncio.Lock = field(default_factory=asyncio.Lock)
    stopping: bool = False
    dealing_since: float | None = field(default_factory=time.monotonic)

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        """Return when no batch is running, or after so long that the group would not wait for this worker."""
        self.dealing_since = time.monotonic()
        self.patience.enough.set()
        try:
            async with asyncio.timeout(self.most_wait), self.batch:
                pass
        except TimeoutError:
            return

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        """Wait for the database again."""
        self.dealing_since = None
        self.patience.forget()
        if not self.stopping:
            self.patience.enough.clear()
