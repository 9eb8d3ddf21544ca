"""Where the plain text of a mail leaves open what is old, its HTML part tells: mail programs mark it there."""

from collections.abc import Callable
from typing import Protocol

from ingest_email.reading.newwords.folded import MARKED_BY, Folded, Kind, Parting
from ingest_email.reading.newwords.folding import folded
from ingest_email.reading.newwords.page import Page, key

# So many letters of an earlier mail are looked for; fewer could stand there by chance.
_SAMPLE = 60
_FEWEST = 12


class Reading(Protocol):
    """What was read from an HTML part."""

    @property
    def new(self) -> str:
        """Return the new words."""
        ...

    @property
    def quoted(self) -> str | None:
        """Return what was folded away, or None."""
        ...


Html = Reading | Callable[[], Reading | None]


def agreed(found: Folded, lines: Page, text: str, html: Html) -> Folded:
    """Return what both parts of a mail say together; the HTML part is only read where the plain one leaves doubt."""
    read = html() if callable(html) else html
    if read is None or read.quoted is None:
        return found
    if found.quoted is not None:
        same = key(found.new) == key(read.new)
        return Folded(found.new, found.quoted, found.sure or same, MARKED_BY if same else found.why)
    span = _span(lines.lines, read.quoted)
    if span is None:
        return found
    kinds = [Kind.HISTORY if span[0] <= at < span[1] else Kind.NEW for at in range(len(lines.lines))]
    told = folded(lines, text, Parting(tuple(kinds), True, MARKED_BY, True))
    return told if told.new.strip() else found


def _span(lines: list[str], quoted: str) -> tuple[int, int] | None:
    """Return the lines of the plain text from where the earlier mail begins to where it ends."""
    sought = key(quoted)
    if len(sought) < _FEWEST:
        return None
    letters = [key(line) for line in lines]
    whole = "".join(letters)
    begin = whole.find(sought[:_SAMPLE])
    end = whole.rfind(sought[-_SAMPLE:])
    if begin == -1 or end < begin:
        return None
    return _line(letters, begin), _line(letters, end + len(sought[-_SAMPLE:]) - 1) + 1


def _line(letters: list[str], position: int) -> int:
    """Return the line in which a letter stands."""
    passed = 0
    for at, line in enumerate(letters):
        passed += len(line)
        if position < passed:
            return at
    return len(letters) - 1
