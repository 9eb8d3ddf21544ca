"""What was read from a delivery, and the port that makes it durable."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from peyvand.delivery import Delivery
from peyvand.event import InteractionEvent


@dataclass(frozen=True, slots=True)
class Receipt:
    """A delivery and what became of it: the ids of its events, or the rule that skipped it, or why it is kept.

    `unknown` says that it is kept because nobody knows its type yet, and not because it cannot be read.
    """

    delivery: Delivery
    events: tuple[UUID, ...] = ()
    skipped: str | None = None
    kept: str | None = None
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """A delivery and what it means: events, or the rule that skipped it, or why it is kept for repair.

    `unknown` says that it is kept because nobody knows its type yet, and not because it cannot be read.
    """

    delivery: Delivery
    events: tuple[InteractionEvent, ...] = ()
    skipped: str | None = None
    kept: str | None = None
    unknown: bool = False

    @property
    def receipt(self) -> Receipt:
        """Return the reading without what its events say."""
        ids = tuple(e.event_id for e in self.events)
        return Receipt(self.delivery, ids, self.skipped, self.kept, self.unknown)


class Publisher(Protocol):
    """Where readings become durable."""

    async def publish(self, readings: Sequence[Reading]) -> None:
        """Return once every delivery row and every event is durable; raises Unavailable, and then promises nothing."""
        ...
