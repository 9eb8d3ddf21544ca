"""Whether the times of a call log are read in the zone in which they were written."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from ingest_phone.channels.asterisk.cdr import Row
from ingest_phone.localtime import moment
from peyvand.errors import Unavailable

_QUARTER = timedelta(minutes=15)  # time zones differ by whole quarters of an hour
_ROUNDING = timedelta(seconds=2)


def require_clock(rows: Sequence[Row], zone: ZoneInfo, where: str) -> None:
    """Raise Unavailable when the rows' times and the calls' ids, which hold UTC, are quarters of an hour apart."""
    apart = [moment(r.start, zone, r.created).at - r.created for r in rows if r.created]
    # Not every row begins with its channel (a call that was passed on begins later); one that does is proof enough.
    if any(abs(difference) <= _ROUNDING for difference in apart):
        return
    wrong = next((d for d in apart if abs(d - round(d / _QUARTER) * _QUARTER) <= _ROUNDING), None)
    if wrong is not None:
        raise Unavailable(
            f"the times in {where} are {_span(abs(wrong))} away from the calls' own ids; set `utc: true` when "
            f"the telephone system writes UTC (usegmtime=yes), or else its `timezone` (now: {zone.key})"
        )


def ago(began: datetime) -> str:
    """Return in words how long ago that was."""
    age = datetime.now(UTC) - began
    return f"{_span(age)} ago" if age >= timedelta() else f"{_span(-age)} from now: is the time zone right?"


def _span(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    days, hours = minutes // 1440, minutes // 60
    if days >= 2:
        return f"{days} days"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"
