"""Times as people and tables write them: Gregorian or Jalali, in any digits."""

import re
from datetime import datetime

from persiantools.jdatetime import JalaliDateTime

from peyvand.identity import latin_digits

_WRITTEN = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ,،-]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?\Z")
_REVERSED = re.compile(r"(\d{1,2}:\d{2}(?::\d{2})?)[ ,،-]+(\d{4}[-/.]\d{1,2}[-/.]\d{1,2})\Z")
_JALALI = range(1250, 1500)


def read_time(written: str) -> datetime:
    """Return a time, with a zone only where one is written; years of 1250 to 1499 are Jalali.

    A day first (04/10/2026) could be a month: ValueError, as for all else that cannot be read.
    """
    text = latin_digits(written).strip()
    if turned := _REVERSED.match(text):
        text = f"{turned[2]} {turned[1]}"
    found = _WRITTEN.match(text)
    if found is None:
        return datetime.fromisoformat(text)
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    if year in _JALALI:
        jalali = JalaliDateTime(year, month, day, hour, minute, second)  # type: ignore[no-untyped-call]
        plain: datetime = jalali.to_gregorian()  # type: ignore[no-untyped-call]
        return plain
    return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - its zone is the reader's to know
