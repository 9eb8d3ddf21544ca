"""Entries of timelines, as they were sent and as they are found: compared as they stand, or not at all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

CUSTOMERS = 3


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """What an agent sees of one interaction; of a call its legs, one word each."""

    at: datetime
    channel: str
    said: str
    edited: bool = False

    @classmethod
    def found(cls, told: Mapping[str, Any]) -> "Entry":
        """Return an entry as the API tells of it."""
        legs = sorted(leg["leg"] for leg in told["call"]["legs"]) if told["call"] else []
        said = " ".join(legs) or (told["text"] or "").strip()
        at = datetime.fromisoformat(told["occurred_at"]).astimezone(UTC)
        return cls(at, told["channel"], said, told["edited_at"] is not None)


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody who writes and calls in every way."""

    number: int

    @classmethod
    def of(cls, number: int) -> "Customer":
        """Return whose turn it is."""
        return cls(number % CUSTOMERS)

    @property
    def name(self) -> str:
        return f"Visitor {self.number}"

    @property
    def address(self) -> str:
        return f"visitor{self.number}@example.com"

    @property
    def phone(self) -> str:
        return f"+98912000441{self.number}"

    @property
    def telegram(self) -> int:
        return 5_104_467_320 + self.number

    @property
    def handles(self) -> frozenset[tuple[str, str]]:
        """Return what a customer is known by once all has arrived."""
        return frozenset({("email", self.address), ("phone", self.phone), ("telegram", str(self.telegram))})


def everybody() -> Iterable[Customer]:
    return map(Customer, range(CUSTOMERS))


def now() -> datetime:
    """Return the time as vendors write it, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)
