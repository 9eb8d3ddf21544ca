"""Times in samples: `{{epoch 3d@10:15}}` is a quarter past ten, Tehran time, three days before the demo starts."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from email.utils import format_datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Tehran")
# {{form when}}: `9d@10:15` days ago at that time · `40m` or `26h` ago · `0s` now; then `+37s` later, if wanted
_TIME = re.compile(r"\{\{(\w+) (?:(\d+)d@(\d\d):(\d\d)|(\d+)([hms]))(?:\+(\d+)s)?\}\}")
_UNITS = {"h": "hours", "m": "minutes", "s": "seconds"}

FORMS: Mapping[str, Callable[[datetime], str]] = {
    "epoch": lambda at: str(int(at.timestamp())),
    "mail": format_datetime,
    "cdr": lambda at: at.strftime("%Y-%m-%d %H:%M:%S"),
    "iso": lambda at: at.isoformat(timespec="seconds"),
    "mbox": lambda at: at.strftime("%a %b %d %H:%M:%S %Y"),
}


def timed(sample: str, now: datetime) -> str:
    """Return the sample with its times written out; raises KeyError for a form that there is not."""
    return _TIME.sub(lambda match: FORMS[match[1]](_moment(match, now.astimezone(ZONE))), sample)


def _moment(match: re.Match[str], now: datetime) -> datetime:
    _, days, hour, minute, count, unit, later = match.groups()
    if days is not None:
        day = now - timedelta(days=int(days))
        at = day.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
    else:
        at = now.replace(microsecond=0) - timedelta(**{_UNITS[unit]: int(count)})
    return at + timedelta(seconds=int(later or 0))
