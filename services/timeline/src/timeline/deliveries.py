"""What became of each delivery, for people who ask."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from peyvand.delivery import Delivery
from peyvand.event import InteractionEvent


class Outcome(StrEnum):
    """What became of a delivery."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    SKIPPED = "skipped"
    KEPT = "kept"
    ARRIVING = "arriving"


@dataclass(frozen=True, slots=True)
class Arrived:
    """A line in a list of deliveries: `rule` skipped it, or `why` it is kept; of a body elsewhere no size is known."""

    id: UUID
    connector: str
    channel: str
    received_at: datetime
    outcome: str
    rule: str | None
    why: str | None
    size: int | None
    body_ref: str | None


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """Some deliveries, newest first, and the cursor of the next older ones (None: there are none)."""

    deliveries: tuple[Arrived, ...]
    older: str | None = None


@dataclass(frozen=True, slots=True)
class Accounted:
    """A delivery as it arrived, what became of it, and the events that stand because of it."""

    delivery: Delivery
    outcome: str
    rule: str | None = None
    why: str | None = None
    events: tuple[InteractionEvent, ...] = ()

    @property
    def line(self) -> Arrived:
        """Return it as a line in a list."""
        d = self.delivery
        size = len(d.body) if d.body_ref is None else None
        return Arrived(
            d.id, d.connector, d.channel, d.received_at, self.outcome, self.rule, self.why, size, d.body_ref
        )  # fmt: skip
