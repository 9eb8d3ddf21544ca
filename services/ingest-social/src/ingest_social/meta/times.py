"""Times as Meta writes them: seconds, milliseconds, both as text, and ISO 8601, depending on product and button."""

import math
from datetime import UTC, datetime
from typing import Any

# 10^11 seconds lie in the year 5138, 10^11 milliseconds in 1973.
_MILLISECONDS_FROM = 10**11


def moment(written: Any) -> datetime | None:
    """Return the time that a field means, or None for none, nought and what no calendar holds."""
    if isinstance(written, bool) or written is None:
        return None
    number = _number(written)
    if number is None:
        return _iso(written) if isinstance(written, str) else None
    if not math.isfinite(number) or number <= 0:
        return None
    try:
        return datetime.fromtimestamp(number / 1000 if number >= _MILLISECONDS_FROM else number, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def placed(written: Any) -> str:
    """Return a time as text that sorts as the times do: milliseconds, padded."""
    at = moment(written)
    return f"{int(at.timestamp() * 1000) if at else 0:015d}"


def _number(written: Any) -> float | None:
    if isinstance(written, int | float):
        try:
            return float(written)
        except OverflowError:
            return math.inf
    if isinstance(written, str) and len(written) <= 20 and written.isascii():
        try:
            return float(written) if written[:1].isdigit() and written.replace(".", "", 1).isdigit() else None
        except ValueError:
            return None
    return None


def _iso(written: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        return None
    try:
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError:
        return None
