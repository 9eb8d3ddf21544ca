"""Cutting a growing CSV file into records: a pure function of the bytes, wherever a write or a read ended."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Asterisk writes at most 1,024 bytes a row; custom files may hold more. What is longer is no row, and is cut.
LONGEST = 16 * 1024
# A row of any layout has this many commas at least, and a date.
_FEWEST_COMMAS = 15
_DATE = re.compile(rb"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d")


@dataclass(frozen=True, slots=True)
class Record:
    """One record without its line end, where it begins, and where the next one does."""

    offset: int
    body: bytes
    end: int


def records(content: bytes, offset: int = 0, *, final: bool = False) -> Iterator[Record]:
    """Yield the complete records of a content that begins at an offset of its file, blank lines left out.

    A record ends at a line end outside quotes. A last record without one waits, unless the content is final.
    """
    begin = 0
    while begin < len(content):
        end = _end(content, begin, final)
        if end is None:
            return
        body = content[begin:end].rstrip(b"\r\n")
        if body.strip():
            yield Record(offset + begin, body, offset + end)
        begin = end


def _end(content: bytes, begin: int, final: bool) -> int | None:
    """Return where the record that begins here ends, or None while that is not decided."""
    limit = begin + LONGEST
    end = content.find(b"\n", begin, limit) + 1
    if not end:
        return min(limit, len(content)) if final or len(content) >= limit else None
    first, quotes = end, content.count(b'"', begin, end)
    while quotes % 2:
        following = content.find(b"\n", end, limit) + 1
        if not following:
            return first if final or len(content) >= limit else None
        line = content[end:following]
        if _stands_alone(line):  # what came before it is broken: a write that was cut, a quote that was not doubled
            return first
        quotes += line.count(b'"')
        end = following
    return end


def _stands_alone(line: bytes) -> bool:
    """Return whether a line is a row by itself, so that it cannot be the rest of a quoted field."""
    return line.count(b'"') % 2 == 0 and line.count(b",") >= _FEWEST_COMMAS and _DATE.search(line) is not None
