"""Local times without a zone, by the tz database's rules for their day (Iran had DST until 2022)."""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo


@dataclass(frozen=True, slots=True)
class Moment:
    """A time in UTC, and what is doubtful in it."""

    at: datetime
    doubt: str | None = None


def moment(written: datetime, zone: tzinfo, near: datetime | None = None) -> Moment:
    """Return when a wall clock showed this; of two such times the one that is nearer to `near`.

    Raises OverflowError where the calendar ends.
    """
    if written.tzinfo is not None:
        return Moment(written.astimezone(UTC))
    first, second = (written.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return Moment(first)
    if first.astimezone(zone).replace(tzinfo=None, fold=0) != written:
        return Moment(first, "no clock showed this local time: that day it went forward over it")
    if near is None:
        return Moment(first, "clocks showed this local time twice that day; the first is taken")
    chosen = min(first, second, key=lambda at: abs(at - near))
    return Moment(chosen, "clocks showed this local time twice that day; the call's own id says which")
