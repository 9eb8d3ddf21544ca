"""A block of header fields as it stands, and its parameters (RFC 2045, RFC 2231)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from urllib.parse import unquote_to_bytes

from ingest_email.reading import limits
from ingest_email.reading.charset import decoded
from ingest_email.reading.words import readable

_NAME = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_PARAMETER = re.compile(rb';\s*([^\s=;]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)')
_SECTION = re.compile(r"(.*?)(?:\*(\d{1,3}))?(\*)?\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Headers:
    """Fields by lower-case name, each with its raw values in the order in which they stand."""

    fields: dict[str, list[bytes]]

    def first(self, name: str) -> bytes | None:
        """Return the first field of a name, unfolded and undecoded."""
        values = self.fields.get(name)
        return values[0] if values else None

    def all(self, name: str) -> list[bytes]:
        """Return all fields of a name."""
        return self.fields.get(name, [])

    def text(self, name: str, hint: str = "") -> str:
        """Return the first field of a name as people read it, or "" when there is none."""
        value = self.first(name)
        return readable(value, hint) if value is not None else ""

    def token(self, name: str) -> str:
        """Return the first word of a field in lower case: `auto-replied` of `Auto-Replied; owner=x`."""
        return re.split(r"[\s;(]", self.text(name).lower(), maxsplit=1)[0]


def split_headers(raw: bytes, start: int, end: int) -> tuple[Headers, int]:
    """Return the header block that begins at `start`, and where the body begins."""
    fields: dict[str, list[bytes]] = {}
    name, value, count, at = "", [b""], 0, start
    stop = min(end, start + limits.HEADER_BLOCK)
    while at < stop:
        newline = raw.find(b"\n", at, end)
        line = raw[at : newline if newline != -1 else end].rstrip(b"\r")
        after = newline + 1 if newline != -1 else end
        if not line:
            return _ended(fields, name, value), after
        if line[:1] in (b" ", b"\t"):
            value.append(line)
        elif match := _NAME.match(line):
            count = _keep(fields, name, value, count)
            name, value = match[1].decode("latin-1").lower(), [line[match.end() :]]
        elif not line.startswith((b"From ", b">From ")):
            return _ended(fields, name, value), at  # the body begins without a blank line
        at = after
    return _ended(fields, name, value), _beyond(raw, at, end)


def _keep(fields: dict[str, list[bytes]], name: str, value: Iterable[bytes], count: int) -> int:
    if name and count < limits.FIELDS:
        fields.setdefault(name, []).append(b"".join(value)[: limits.FIELD].strip())
    return count + 1


def _ended(fields: dict[str, list[bytes]], name: str, value: Iterable[bytes]) -> Headers:
    _keep(fields, name, value, len(fields))
    return Headers(fields)


def _beyond(raw: bytes, at: int, end: int) -> int:
    """Return where the body begins when the header block is longer than we read."""
    if at >= end:
        return end
    blank = re.compile(rb"\n\r?\n").search(raw, at, end)
    return blank.end() if blank else end


def parameters(value: bytes | None, hint: str = "") -> tuple[str, dict[str, str]]:
    """Return a field's value in lower case, and its parameters with continuations joined and charsets decoded."""
    if not value:
        return "", {}
    plain: dict[str, str] = {}
    sections: dict[str, list[tuple[int, bool, bytes]]] = {}
    for found in islice(_PARAMETER.finditer(value), limits.PARAMETERS):
        name, number, extended = _section(found[1].decode("latin-1").lower())
        content = _unquoted(found[2].strip())
        if number is None and not extended:
            plain.setdefault(name, readable(content, hint))
        else:
            sections.setdefault(name, []).append((number or 0, extended, content))
    joined = {name: _joined(parts) for name, parts in sections.items()}
    return value.partition(b";")[0].strip().lower().decode("latin-1"), {**plain, **joined}


def _section(name: str) -> tuple[str, int | None, bool]:
    match = _SECTION.match(name)
    if match is None:
        return name, None, False
    return match[1], int(match[2]) if match[2] else None, bool(match[3])


def _joined(parts: list[tuple[int, bool, bytes]]) -> str:
    charset, pieces = "", []
    for position, (_, extended, content) in enumerate(sorted(parts, key=lambda p: p[0])):
        if extended and position == 0 and content.count(b"'") >= 2:
            label, _, content = content.split(b"'", 2)
            charset = label.decode("latin-1")
        pieces.append(unquote_to_bytes(content) if extended else content)
    return readable(decoded(b"".join(pieces), charset).encode())


def _unquoted(content: bytes) -> bytes:
    if content[:1] != b'"':
        return content
    return re.sub(rb"\\(.)", rb"\1", content[1:].removesuffix(b'"'))
