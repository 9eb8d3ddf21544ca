"""Times as vendors write them; the settings name the unit, nothing is guessed."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from typing import Literal
from zoneinfo import ZoneInfo

from peyvand.errors import BadPayload
from peyvand.identity import latin_digits

Clock = Literal["s", "ms", "us", "iso", "rfc2822"]
_PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(written: str, clock: Clock, zone: str | None, where: str) -> datetime:
    """Return a time in UTC; one without an offset is of the zone named. Raises BadPayload."""
    try:
        return _read(latin_digits(written), clock, zone)
    except (ValueError, OverflowError, InvalidOperation) as error:
        raise BadPayload(f"{where}: no time in {clock}") from error


def _read(written: str, clock: Clock, zone: str | None) -> datetime:
    match clock:
        case "s" | "ms" | "us":
            number = Decimal(written) / _PER_SECOND[clock]  # "1355517523.000005" loses digits as a float
            return _EPOCH + timedelta(microseconds=int(number * 1_000_000))
        case "iso":
            return _placed(datetime.fromisoformat(written), zone)
        case "rfc2822":
            return _placed(parsedate_to_datetime(written), zone)


def _placed(at: datetime, zone: str | None) -> datetime:
    if at.tzinfo is None and zone is None:
        raise ValueError("neither an offset nor a zone")
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone or "UTC"))).astimezone(UTC)
