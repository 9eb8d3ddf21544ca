"""Dates as tables write them: Gregorian or Jalali, in any digits, in the system's own zone."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from persiantools.jdatetime import JalaliDateTime

from peyvand.errors import BadPayload
from peyvand.identity import latin_digits

_WRITTEN = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ,،-]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?\Z")
_REVERSED = re.compile(r"(\d{1,2}:\d{2}(?::\d{2})?)[ ,،-]+(\d{4}[-/.]\d{1,2}[-/.]\d{1,2})\Z")
_JALALI = range(1250, 1500)


def moment(written: str, zone: str) -> datetime:
    """Return a time in UTC; years of 1250 to 1499 are Jalali. A day first (04/10/2026) could be a month: BadPayload."""
    text = latin_digits(written).strip()
    if turned := _REVERSED.match(text):
        text = f"{turned[2]} {turned[1]}"
    try:
        return _read(text, ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadPayload("the date cannot be read: year, month, day, as in 1405-07-12 or 2026-10-04 14:30") from error


def _read(text: str, zone: ZoneInfo) -> datetime:
    found = _WRITTEN.match(text)
    if found is None:
        at = datetime.fromisoformat(text)
        return at if at.tzinfo else at.replace(tzinfo=zone)
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    if year in _JALALI:
        jalali = JalaliDateTime(year, month, day, hour, minute, second)  # type: ignore[no-untyped-call]
        plain: datetime = jalali.to_gregorian()  # type: ignore[no-untyped-call]
        return plain.replace(tzinfo=zone)
    return datetime(year, month, day, hour, minute, second, tzinfo=zone)
