"""The lines of a mail twice: as they stand, and as they are compared."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

# Direction signs and other unseen ones that mail programs put around a line; only ignored while comparing.
_UNSEEN = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]+")
_STRANGE = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff：＞]")
# English programs on telephones sometimes lose the line break above their line.
_GLUED = re.compile(r"(.*[^\s>-])([ \t]*-*[ \t]On (?:\w{3},|\w+day,|\w{3} \d|\d).{8,200}\bwrote:)\Z")
_LETTERS = str.maketrans("يىكةأإآؤئ۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "ییکهاااوی01234567890123456789")
# How else a letter is written that is not told apart.
VARIANTS = {"ی": "يىئ", "ک": "ك", "ه": "ة", "ا": "أإآ", "و": "ؤ"}
_NO_LETTERS = re.compile(r"[\W_]+")
_WORDS = re.compile(r"\w+")

# How a line begins that is an earlier mail's (`>`, or by a mail program's own mark in HTML), or a signature's by such.
MARKED, SIGNED = "\ufdd0", "\ufdd1"
QUOTES = frozenset((">", MARKED))
LONGEST = 400
# What follows so many lines is looked at as one more: nobody reads on to there.
MOST_LINES = 5_000


@dataclass(frozen=True, slots=True)
class Page:
    """Lines as they stand, and each of them without unseen signs and outer blanks; `signed` when some are marked so."""

    lines: list[str]
    seen: list[str]
    signed: bool = False

    def some(self, chosen: Iterable[int | None]) -> "Page":
        """Return a page of some of the lines; None is a blank one."""
        kept = list(chosen)
        return Page(
            ["" if at is None else self.lines[at] for at in kept],
            ["" if at is None else self.seen[at] for at in kept],
        )


def page(text: str) -> Page:
    """Return the lines of a text."""
    lines = text.split("\n", MOST_LINES)
    if " wrote:" in text:
        lines = [part for line in lines for part in _unglued(line)]
    return Page(lines, compared(lines))


def compared(lines: list[str]) -> list[str]:
    """Return lines as they are compared."""
    text = "\n".join(lines)
    if not text.isascii() and _STRANGE.search(text):
        text = _UNSEEN.sub("", text).replace("：", ":").replace("＞", ">")
    return [line.strip() for line in text.split("\n", len(lines) - 1)]


def _unglued(line: str) -> tuple[str, ...]:
    if not line.endswith(" wrote:") or " On " not in line or len(line) > LONGEST:
        return (line,)
    glued = _GLUED.match(line)
    return glued.groups() if glued else (line,)


def key(text: str) -> str:
    """Return the letters and digits of a text, in which case, blanks, half-spaces and signs make no difference."""
    return _NO_LETTERS.sub("", text.casefold().translate(_LETTERS))


def words(text: str) -> set[str]:
    """Return the words of a text, with case and the letters of Arabic script not told apart."""
    return set(_WORDS.findall(text.casefold().translate(_LETTERS)))


def folded_text(text: str) -> str:
    """Return a text in which case, letters of Arabic script and digits are not told apart."""
    return text.casefold().translate(_LETTERS)


def below(seen: list[str], at: int) -> int:
    """Return the first line from here on that is not blank."""
    while at < len(seen) and not seen[at]:
        at += 1
    return at


def empty(seen: list[str], start: int, end: int) -> bool:
    """Return whether no line of a span says anything."""
    return not any(seen[start:end])
