"""What cells say: times, lengths of time, and words for how a call ended and which way it went."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from ingest_phone.calllog.settings import Settings
from ingest_phone.localtime import Moment, moment
from peyvand.errors import BadPayload
from peyvand.event import CallResult, Direction
from peyvand.identity import latin_digits
from peyvand.written import read_time

_NUMBER = re.compile(r"\d{1,9}(?:\.\d+)?\Z", re.ASCII)
_CLOCK = re.compile(r"(?:(\d{1,5}):)?(\d{1,3}):(\d{1,2})(?:\.\d+)?\Z", re.ASCII)
_UNITS = re.compile(
    r"(?:pt?)?(?:(\d+) ?(?:h|hours?|hrs?|ساعت))?[ ,و]*(?:(\d+) ?(?:m|min|mins|minutes?|دقیقه))?[ ,و]*"
    r"(?:(\d+)(?:\.\d+)? ?(?:s|secs?|seconds?|ثانیه))?\Z",
    re.IGNORECASE,
)
_SECONDS = {"seconds": 1.0, "milliseconds": 0.001, "minutes": 60.0}
_EPOCH = re.compile(r"\d{9,13}(?:\.\d+)?\Z", re.ASCII)
_NOTHING = ("", "0", "-", "--", "null", "none", "n/a")
_LONGEST = 7 * 86_400  # seconds
_A_DAY = timedelta(days=1)
_YEARS_BACK = 5  # over 29 February

_RESULTS = {
    CallResult.ANSWERED: ("answered", "answer", "connected", "completed", "success", "successful", "پاسخ داده شده",
                          "پاسخ داده", "موفق", "برقرار شده"),
    CallResult.MISSED: ("missed", "no answer", "not answered", "unanswered", "cancel", "cancelled", "canceled",
                        "پاسخ داده نشده", "بی پاسخ", "بدون پاسخ", "از دست رفته", "جواب نداد"),
    CallResult.BUSY: ("busy", "مشغول", "اشغال"),
    CallResult.FAILED: ("failed", "failure", "congestion", "unavailable", "error", "ناموفق", "خطا"),
    CallResult.ABANDONED: ("abandoned", "abandon", "رها شده", "انصراف"),
    CallResult.VOICEMAIL: ("voicemail", "voice mail", "پیغام گیر", "صندوق صوتی"),
}  # fmt: skip
_DIRECTIONS = {
    Direction.INBOUND: ("in", "inbound", "incoming", "received", "ورودی", "دریافتی", "وارده"),
    Direction.OUTBOUND: ("out", "outbound", "outgoing", "dialled", "dialed", "خروجی", "ارسالی", "صادره"),
    Direction.INTERNAL: ("internal", "local", "داخلی"),
}
_WORD = str.maketrans({"ي": "ی", "ك": "ک"})


def word(written: str) -> str:
    """Return a word as it is compared: without what stands between its letters, and without capitals."""
    return re.sub(r"[\W_]+", "", latin_digits(written).translate(_WORD)).casefold()


_KNOWN_RESULTS = {word(w): result for result, words in _RESULTS.items() for w in words}
_KNOWN_DIRECTIONS = {word(w): direction for direction, words in _DIRECTIONS.items() for w in words}


def result_of(written: str, settings: Settings) -> CallResult | None:
    """Return how a call ended by a word, None for one that nobody knows."""
    own = {word(w): result for w, result in settings.results.items()}
    return own.get(word(written)) or _KNOWN_RESULTS.get(word(written))


def direction_of(written: str, settings: Settings) -> Direction | None:
    """Return which way a call went by a word, None for one that nobody knows."""
    own = {word(w): direction for w, direction in settings.directions.items()}
    return own.get(word(written)) or _KNOWN_DIRECTIONS.get(word(written))


def seconds_of(written: str, field: str, unit: str) -> int | None:
    """Return a length of time: 83, 00:01:23, 1m 23s, PT1M23S, ۸۳; None where none is said. Raises BadPayload."""
    text = latin_digits(written).strip().casefold()
    if text in _NOTHING and text != "0":
        return None
    if _NUMBER.match(text):
        found = float(text) * _SECONDS[unit]
    elif clock := _CLOCK.match(text):
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        found = hours * 3600 + minutes * 60 + seconds
    elif (units := _UNITS.match(text)) and any(units.groups()):
        hours, minutes, seconds = (int(part or 0) for part in units.groups())
        found = hours * 3600 + minutes * 60 + seconds
    else:
        raise BadPayload(f"{field}: a length of time was expected, as 83, 00:01:23 or 1m 23s")
    if found > _LONGEST:
        raise BadPayload(f"{field}: no call is longer than a week; see `durations`")
    return int(found)


def time_of(written: str, field: str, settings: Settings, zone: ZoneInfo, received: datetime) -> Moment | None:
    """Return when something was, None where no time is said; raises BadPayload."""
    text = " ".join(latin_digits(written).split())
    if text.casefold() in _NOTHING or text.startswith(("0000", "0001-01-01", "1970-01-01 00:00:00")):
        return None
    try:
        return moment(_written(text, settings, received), zone)
    except (ValueError, OverflowError, OSError) as error:
        expected = "as 2026-10-04 14:30:00 or 1405/07/12 14:30" if settings.times == "auto" else f"as {settings.times}"
        raise BadPayload(f"{field}: a time was expected, {expected}") from error


def _written(text: str, settings: Settings, received: datetime) -> datetime:
    match settings.times:
        case "epoch" | "epoch_ms" as unit:
            return datetime.fromtimestamp(float(text) / (1000 if unit == "epoch_ms" else 1), UTC)
        case "auto" if _EPOCH.match(text):
            number = float(text)
            return datetime.fromtimestamp(number / 1000 if number > 99_999_999_999 else number, UTC)
        case "auto":
            return read_time(text)
        case written if "%y" in written.casefold():
            return datetime.strptime(text, written)  # noqa: DTZ007 - its zone is the log's
        case written:
            return _of_no_year(text, written, settings.year, received)


def _of_no_year(text: str, form: str, year: int | None, received: datetime) -> datetime:
    """Return the last time before it was received that is written so."""
    for candidate in [year] if year else range(received.year + 1, received.year - _YEARS_BACK, -1):
        try:
            found = datetime.strptime(f"{candidate} {text}", f"%Y {form}")  # noqa: DTZ007 - its zone is the log's
        except ValueError:
            continue
        if year or found.replace(tzinfo=UTC) <= received + _A_DAY:
            return found
    raise ValueError(text)
