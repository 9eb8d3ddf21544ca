"""When a mail was written: its own date where that can be true, else when a server took it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_tz

from peyvand.event import Flag

# A sender's clock may run a little ahead; a mail may wait in queues for a while, but not for a month.
AHEAD = timedelta(minutes=10)
LATE = timedelta(days=30)
_LONGEST_DATE = 200
_WIDEST_OFFSET = 15 * 3600
# As nearly every program writes it: fifteen times as fast as what reads all that was ever written.
_USUAL = re.compile(
    r"(?:[A-Z][a-z]{2}, *)?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4})"
    r" (\d\d):(\d\d):(\d\d) ([+-]\d\d)(\d\d)(?: \([A-Z]{1,5}\))?\Z",
    re.ASCII,
)
_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS = {month: number for number, month in enumerate(_NAMES, 1)}


@dataclass(frozen=True, slots=True)
class When:
    """When a mail was written, and a flag when its own date was set aside."""

    at: datetime | None
    flags: tuple[Flag, ...] = ()


def parsed(value: str) -> datetime | None:
    """Return a Date field in UTC, or None when it is none; without a zone it is taken as UTC (RFC 5322 -0000)."""
    try:
        usual = _USUAL.match(value)
        return _usual(usual) if usual and usual[2] in _MONTHS else _unusual(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _usual(date: re.Match[str]) -> datetime | None:
    day, month, year, hour, minute, second, east, beside = date.groups()
    offset = int(east) * 3600 + (-60 if east[0] == "-" else 60) * int(beside)
    if abs(offset) > _WIDEST_OFFSET:
        return None
    at = datetime(int(year), _MONTHS[month], int(day), int(hour), int(minute), int(second), tzinfo=UTC)
    return at - timedelta(seconds=offset)


def _unusual(value: str) -> datetime | None:
    fields = parsedate_tz(value[:_LONGEST_DATE])
    if fields is None or abs(fields[9] or 0) > _WIDEST_OFFSET:
        return None
    return datetime(*fields[:6], tzinfo=UTC) - timedelta(seconds=fields[9] or 0)


def received(fields: Sequence[str]) -> datetime | None:
    """Return when the last server took the mail, by the topmost Received field."""
    return parsed(fields[0].rpartition(";")[2].strip()) if fields else None


def written(date: datetime | None, arrived: Sequence[datetime | None], *, by_us: bool) -> When:
    """Return the time that stands, judged by when servers took the mail (their earliest word).

    Of a mail in our own Sent folder only a date in the future is doubted: it has no other witness, and folders that
    were moved to another server carry the day of the move.
    """
    taken = min((a for a in arrived if a is not None), default=None)
    if date is None or taken is None:
        return When(date or taken)
    if date > taken + AHEAD:
        return _doubted(date, taken, "later than")
    if not by_us and date < taken - LATE:
        return _doubted(date, taken, "long before")
    return When(date)


def _doubted(date: datetime, taken: datetime, how: str) -> When:
    why = f"the mail says {date.isoformat()}, {how} its arrival"
    return When(taken, (Flag(name="clock", why=why),))
