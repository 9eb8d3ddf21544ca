"""What stands in one cell: numbers and addresses, often several, some as a spreadsheet has spoilt them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from peyvand.identity import Handle, Proof, email, extension, latin_digits, phone, telegram, withheld
from timeline.folds.search import folded

# Commas, semicolons and bars of both scripts, new lines, and «و» that stands between two things.
_APART = re.compile(r"[,;|\n،؛]|(?<![^\W\d_])و(?![^\W\d_])")
_APART_OR_SLASH = re.compile(f"/|{_APART.pattern}")
_EXPONENT = re.compile(r"[+-]?\d+(?:[.,٫]\d+)?[eE]\+?\d{1,2}\Z")
_DIGITS = re.compile(r"[1-9]\d{10,14}\Z")
_WHOLE = re.compile(r"(\d{8,})\.0\Z")  # how data frames write a column of numbers with gaps
_ANGLE = re.compile(r"<([^<>]*)>")
_NOTHING = frozenset(["ندارد", "نامشخص", "خالی", "none", "null", "n a", "na", "unknown"])  # folded


@dataclass(frozen=True, slots=True)
class Misread:
    """A value that is not what its column should hold, and why."""

    written: str
    why: str


Found = Handle | Misread


def phones(cell: str, region: str) -> Iterator[Found]:
    """Return the telephone numbers of a cell."""
    if _EXPONENT.match(latin_digits(cell)):
        yield _unrounded(cell, region)
        return
    for written in _parts(cell):
        yield from _numbers(written, region)


def _numbers(written: str, region: str) -> Iterator[Found]:
    """Return one number and its extension, or several with a slash or space between them: 021/88776655 is one."""
    if found := _number(written, region):
        yield found
        if behind := extension(written, region):
            yield behind
        return
    if "/" in written:
        for piece in written.split("/"):
            yield from _numbers(piece.strip(), region)
        return
    several = [_number(word, region) for word in written.split() if any(sign.isdecimal() for sign in word)]
    whole = [number for number in several if number]
    if whole and len(whole) == len(several):
        yield from whole
    elif written:
        yield Misread(written, "is no telephone number")


def emails(cell: str) -> Iterator[Found]:
    """Return the e-mail addresses of a cell; "Ali <ali@example.com>" is one."""
    for written in _parts(cell, _APART_OR_SLASH):
        inside = _ANGLE.search(written)
        for word in inside[1].split() if inside else written.split():
            yield email(word) or Misread(word, "is no e-mail address")


def telegrams(cell: str) -> Iterator[Found]:
    """Return the Telegram ids of a cell; a @name is none, for it can pass to somebody else."""
    for written in _parts(cell, _APART_OR_SLASH):
        found = telegram(written, Proof.CLAIMED)
        yield found or Misread(written, "is no Telegram id (a number; names may change hands)")


READ: dict[str, Callable[[str, str], Iterator[Found]]] = {
    "phone": phones,
    "email": lambda cell, _region: emails(cell),
    "telegram": lambda cell, _region: telegrams(cell),
}


def _parts(cell: str, apart: re.Pattern[str] = _APART) -> Iterator[str]:
    for part in () if _says_nothing(cell) else apart.split(cell):
        written = part.strip().removeprefix("'").strip()  # a spreadsheet's sign for "leave it as text"
        if not _says_nothing(written):
            yield written


def _says_nothing(written: str) -> bool:
    """Return whether there are only signs, zeros, or a word for nothing."""
    said = folded(written)
    return not said.strip("0 ") or said in _NOTHING or withheld(written)


def _number(written: str, region: str) -> Handle | None:
    """Return a number; one that lost its plus, as spreadsheets do, is tried with one when the region knows it not."""
    digits = _WHOLE.sub(r"\1", latin_digits(written))
    found = phone(digits, region)
    if found is None and _DIGITS.match(digits):
        found = phone(f"+{digits}", region)
    return found.model_copy(update={"written": written}) if found else None


def _unrounded(cell: str, region: str) -> Found:
    """Return the number that 9.123456789E+09 was; the digits of 9.12E+09 are gone, and with zeros it is another's."""
    exact = Decimal(latin_digits(cell).replace(",", ".").replace("٫", "."))
    shown = exact.as_tuple()
    if not isinstance(shown.exponent, int) or shown.exponent != 0 or shown.sign:
        return Misread(cell, "was rounded by a spreadsheet: format the column as text and export it again")
    found = _number(f"{exact:f}", region)
    return found.model_copy(update={"written": cell}) if found else Misread(cell, "is no telephone number")
