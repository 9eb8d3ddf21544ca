"""How a line begins that begins a message: date, time and who, in every layout that the app has been seen to write.

Android: `31/12/2024, 21:41 - Name: text`; iOS: `[31/12/24, 9:41:05 PM] Name: text`. Digits and separators follow the
telephone's language, and signs of direction stand anywhere.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from peyvand.identity import latin_digits

_MARKS = "[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]*"
_MORNING = ("am", "a.m.", "ق.ظ.", "ق.ظ", "ص", "قبل از ظهر")
_EVENING = ("pm", "p.m.", "ب.ظ.", "ب.ظ", "م", "بعد از ظهر", "بعدازظهر")
_HALF = "|".join(re.escape(word) for word in sorted((*_MORNING, *_EVENING, "a. m.", "p. m."), key=len, reverse=True))
_HEAD = re.compile(
    rf"{_MARKS}(?P<bracket>\[)?{_MARKS}"
    rf"(?P<a>\d{{1,4}})(?P<sep>[/.\-]){_MARKS}(?P<b>\d{{1,2}})[/.\-]{_MARKS}(?P<c>\d{{1,4}}){_MARKS}[,،]?{_MARKS} +"
    rf"(?:[^\W\d]+ )?{_MARKS}"  # a word before the time in some languages
    rf"(?P<hour>\d{{1,2}})[:.](?P<minute>\d{{2}})(?:[:.](?P<second>\d{{2}}))?"
    rf"(?: ?{_MARKS}(?P<half>{_HALF}))?{_MARKS}(?(bracket)\]| [-–—]){_MARKS} ",
    re.IGNORECASE,
)
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " "})


@dataclass(frozen=True, slots=True)
class Head:
    """The numbers of a date as they stand, and the time of day in seconds (`half`: whether it is of twelve hours)."""

    numbers: tuple[int, int, int]
    widths: tuple[int, int, int]
    separator: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A message as it stands: its first line's number, its head, and all that follows until the next one."""

    line: int
    head: Head
    body: str


def pieces(text: str) -> Iterator[Piece | tuple[int, str]]:
    """Yield the messages of an export; a line before the first of them is yielded with its number."""
    begun: tuple[int, Head] | None = None
    lines: list[str] = []
    for number, line in enumerate(re.split(r"\r\n|\n", text), 1):
        found = _head(line)
        if found is None:
            if begun is None and line.strip():
                yield number, line
            lines.append(line)
            continue
        if begun is not None:
            yield Piece(*begun, "\n".join(lines).rstrip("\n"))
        begun, lines = (number, found[0]), [found[1]]
    if begun is not None:
        yield Piece(*begun, "\n".join(lines).rstrip("\n"))


def _head(line: str) -> tuple[Head, str] | None:
    # each of both changes one sign to one sign, so that places in the copy are places in the line
    found = _HEAD.match(latin_digits(line[:120]).translate(_SPACES))
    if found is None:
        return None
    seconds = _seconds(found)
    if seconds is None:
        return None
    written = (found["a"], found["b"], found["c"])
    a, b, c = (int(part) for part in written)
    widths = (len(written[0]), len(written[1]), len(written[2]))
    return Head((a, b, c), widths, found["sep"], seconds), line[found.end() :]


def _seconds(found: "re.Match[str]") -> int | None:
    hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"] or 0)
    half = (found["half"] or "").lower().replace(". m", ".m")
    if half and not 1 <= hour <= 12:
        return None
    if half in _EVENING:
        hour = hour % 12 + 12
    elif half:
        hour %= 12
    return (hour * 60 + minute) * 60 + second if hour < 24 and minute < 60 and second < 60 else None
