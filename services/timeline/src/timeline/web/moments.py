"""Times as people read them: in the organisation's zone, in the language's calendar and digits."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_day_names
from persiantools.jdatetime import JalaliDate

from peyvand.identity import latin_digits
from timeline.web.language import Language

JALALI_MONTHS = ("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند")
_WRITTEN = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\Z")
# No Gregorian year that a timeline holds is below, no Jalali one above.
_FIRST_GREGORIAN_YEAR = 1700


@dataclass(frozen=True, slots=True)
class Moment:
    """A time in three writings: to be read, exact to the second for the curious, and for machines."""

    text: str
    exact: str
    iso: str


@dataclass(frozen=True, slots=True)
class Moments:
    """How one visit writes times."""

    language: Language
    zone: ZoneInfo
    now: datetime

    def day(self, at: datetime) -> date:
        """Return the day that it was here."""
        return at.astimezone(self.zone).date()

    def at(self, at: datetime) -> Moment:
        """Return a time of day, for places where the day is known."""
        return self._moment(at, f"{at.astimezone(self.zone):%H:%M}")

    def recent(self, at: datetime) -> Moment:
        """Return the time of today, else the day, as short as it is clear."""
        day = self.day(at)
        if day == self.day(self.now):
            return self.at(at)
        return self._moment(at, self.short_day(day))

    def full(self, at: datetime) -> Moment:
        """Return day and time."""
        return self._moment(at, f"{self.short_day(self.day(at))} · {at.astimezone(self.zone):%H:%M}")

    def short_day(self, day: date) -> str:
        """Return a day without its weekday, and without its year when that is this one."""
        if day == self.day(self.now) - timedelta(days=1):
            return self.language.gettext("yesterday")
        if self.language.calendar == "jalali":
            then, today = _jalali(day), _jalali(self.day(self.now))
            year = f" {then.year}" if then.year != today.year else ""
            return self.language.digits(f"{then.day} {JALALI_MONTHS[then.month - 1]}{year}")
        pattern = "d MMM" if day.year == self.day(self.now).year else "d MMM y"
        return format_date(day, pattern, self.language.locale)

    def day_title(self, day: date) -> str:
        """Return a day as the heading of what happened on it."""
        weekday = get_day_names("wide", locale=self.language.locale)[day.weekday()]
        return f"{weekday} {self._long_day(day)}"

    def nearness(self, day: date) -> str | None:
        """Return today or yesterday, in words."""
        match (self.day(self.now) - day).days:
            case 0:
                return self.language.gettext("today")
            case 1:
                return self.language.gettext("yesterday")
            case _:
                return None

    def numeric(self, day: date) -> str:
        """Return a day as it is typed into a field."""
        if self.language.calendar == "jalali":
            then = _jalali(day)
            return self.language.digits(f"{then.year}/{then.month:02}/{then.day:02}")
        return day.isoformat()

    def _moment(self, at: datetime, text: str) -> Moment:
        local = at.astimezone(self.zone)
        exact = f"{self.day_title(local.date())} · {local:%H:%M:%S} · {local.isoformat(timespec='seconds')}"
        return Moment(self.language.digits(text), exact, at.astimezone(UTC).isoformat().replace("+00:00", "Z"))

    def _long_day(self, day: date) -> str:
        if self.language.calendar == "jalali":
            then = _jalali(day)
            return self.language.digits(f"{then.day} {JALALI_MONTHS[then.month - 1]} {then.year}")
        return format_date(day, "d MMMM y", self.language.locale)


def _jalali(day: date) -> JalaliDate:
    return JalaliDate(day)  # type: ignore[no-untyped-call] # the library has no types


def read_day(written: str) -> date:
    """Return the day that somebody typed, Jalali or Gregorian by its year, in any digits; raises ValueError."""
    found = _WRITTEN.match(latin_digits(written).strip())
    if found is None:
        raise ValueError(written)
    year, month, day = (int(part) for part in found.groups())
    if year < _FIRST_GREGORIAN_YEAR:
        gregorian: date = JalaliDate(year, month, day).to_gregorian()  # type: ignore[no-untyped-call] # as above
        return gregorian
    return date(year, month, day)
