"""Dates of orders, in the system's own zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from peyvand.errors import BadPayload
from peyvand.written import read_time


def moment(written: str, zone: str) -> datetime:
    """Return a time in UTC; raises BadPayload."""
    try:
        at = read_time(written)
        return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadPayload("the date cannot be read: year, month, day, as in 1405-07-12 or 2026-10-04 14:30") from error
