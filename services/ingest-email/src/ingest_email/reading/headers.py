"""A block of header fields as it stands (RFC 5322), and what to make of one that does not end or is none."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from ingest_email.reading import limits
from ingest_email.reading.words import readable

# A name, and a value with the lines that continue it.
_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)(?:\n|\Z)")
_FIELDS = re.compile(rb"^" + _FIELD.pattern, re.MULTILINE)
_BLANK = re.compile(rb"\r*\n")
_NO_MORE = re.compile(rb"\n\r*\n")
_KNOWN = re.compile(rb"(?:from|to|cc|subject|date|message-id|received|mime-version|content-[a-z-]+|x-[a-z-]+):", re.I)
_MBOX = (b"From ", b">From ")


@dataclass(frozen=True, slots=True)
class Headers:
    """Fields in the order in which they stand, names in lower case, values folded and undecoded."""

    fields: tuple[tuple[str, bytes], ...]
    named: dict[str, list[bytes]]

    def first(self, name: str) -> bytes | None:
        """Return the first field of a name, unfolded and undecoded."""
        values = self.named.get(name)
        return _unfolded(values[0]) if values else None

    def all(self, name: str) -> list[bytes]:
        """Return all fields of a name, unfolded and undecoded."""
        return [_unfolded(value) for value in self.named.get(name, ())]

    def text(self, name: str, hint: str = "") -> str:
        """Return the first field of a name as people read it, or "" when there is none."""
        value = self.first(name)
        return readable(value, hint) if value is not None else ""

    def token(self, name: str) -> str:
        """Return the first word of a field in lower case: `auto-replied` of `Auto-Replied; owner=x`."""
        value = self.first(name)
        return _first_word(value[:200]) if value is not None else ""


def split_headers(raw: bytes, start: int, end: int) -> tuple[Headers, int]:
    """Return the header block that begins at `start`, and where the body begins."""
    return _at_once(raw, start, end) or _line_by_line(raw, start, end)


def _at_once(raw: bytes, start: int, end: int) -> tuple[Headers, int] | None:
    """Return what nearly every header block is: fields, a blank line, and nothing else; None when it is otherwise."""
    blank = _NO_MORE.search(raw, start, min(end, start + limits.HEADER_BLOCK))
    if blank is None:
        return None
    found = _FIELDS.findall(raw, start, blank.start() + 1)
    block = raw[start : blank.start()]
    begun = block.count(b"\n") + 1 - block.count(b"\n ") - block.count(b"\n\t")
    if len(found) != begun or begun > limits.FIELDS or block[:1] in b"\r\n":
        return None
    return _headers([(_name(name), value[: limits.FIELD]) for name, value in found]), blank.end()


def _line_by_line(raw: bytes, start: int, end: int) -> tuple[Headers, int]:
    fields: list[tuple[str, bytes]] = []
    at, stop = start, min(end, start + limits.HEADER_BLOCK)
    while at < stop:
        if field := _FIELD.match(raw, at, stop):
            if len(fields) < limits.FIELDS:
                fields.append((_name(field[1]), field[2][: limits.FIELD]))
            at = field.end()
        elif blank := _BLANK.match(raw, at, stop):
            return _headers(fields), blank.end()
        elif (after := _skipped(raw, at, stop)) is not None:
            at = after
        else:
            return _headers(fields), at  # the body begins without a blank line
    return _headers(fields), _beyond(raw, at, end)


def _headers(fields: Iterable[tuple[str, bytes]]) -> Headers:
    named: dict[str, list[bytes]] = {}
    for name, value in fields:
        named.setdefault(name, []).append(value)
    return Headers(tuple(fields), named)


@lru_cache(maxsize=1_000)
def _name(written: bytes) -> str:
    return written.decode("ascii").lower()


def _skipped(raw: bytes, at: int, stop: int) -> int | None:
    """Return what follows a line that is no field and yet stands among fields, or None when the body begins here."""
    newline = raw.find(b"\n", at, stop)
    after = newline + 1 if newline != -1 else stop
    return after if raw.startswith(_MBOX, at) or _KNOWN.match(raw, after, stop) else None


def _beyond(raw: bytes, at: int, end: int) -> int:
    """Return where the body begins when the header block is longer than we read."""
    blank = _NO_MORE.search(raw, max(at - 1, 0), end) if at < end else None
    return blank.end() if blank else end


def _unfolded(value: bytes) -> bytes:
    return value.replace(b"\r", b"").replace(b"\n", b"").strip() if b"\n" in value else value.strip()


@lru_cache(maxsize=1_000)
def _first_word(value: bytes) -> str:
    return re.split(r"[\s;(]", readable(value).lower(), maxsplit=1)[0]
