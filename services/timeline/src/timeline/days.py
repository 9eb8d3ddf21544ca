"""Days as the organisation lives them."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """Return when a day begins in a zone, in UTC; raises OverflowError at the ends of the calendar."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
