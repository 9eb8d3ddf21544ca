"""How much of a mailbox may still be fetched today: some providers lock a mailbox of which too much is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from ingest_email.imap.questions import Head

# Of a day's allowance so much is left for mail that is new.
FOR_OLD_MAIL = 0.8
OLD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Spent:
    """What was fetched on one day (UTC)."""

    day: date
    total: int = 0

    def plain(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {"day": self.day.isoformat(), "bytes": self.total}

    def plus(self, size: int, today: date) -> "Spent":
        """Return it after some bytes more."""
        return Spent(today, size + (self.total if today == self.day else 0))


def spent_from(plain: Mapping[str, Any] | None) -> Spent:
    """Return what was saved of it."""
    return Spent(date.fromisoformat(plain["day"]), plain["bytes"]) if plain else Spent(date.min)


def affordable(heads: Sequence[Head], most: int | None, spent: Spent, largest: int, now: datetime) -> list[Head]:
    """Return the newest of some mails that may still be fetched today; none counts for more than `largest`."""
    if most is None:
        return list(heads)
    used = spent.total if spent.day == now.date() else 0
    taken: list[Head] = []
    for head in reversed(heads):
        used += min(head.size, largest)
        old = head.arrived is not None and now - head.arrived > OLD
        if used > (most * FOR_OLD_MAIL if old else most):
            break
        taken.append(head)
    return taken[::-1]
