"""The tree of a mail's parts, from bytes: top down, with limits, so that no mail can be too deep or too long for us."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ingest_email.reading import limits
from ingest_email.reading.headers import Headers, split_headers
from ingest_email.reading.parameters import typed
from ingest_email.reading.transfer import undone

_LONGEST_BOUNDARY = 200
# What may follow a boundary on its line; two hyphens end the multipart.
_DELIMITED = re.compile(rb"(--)?[ \t]*\r*(?=\n|\Z)")


@dataclass(frozen=True, slots=True)
class Part:
    """One part: where its body stands in the raw mail, and the parts within it.

    `opaque` says why the parts of a multipart were not looked for, or not all of them.
    """

    raw: bytes
    start: int
    end: int
    headers: Headers
    media_type: str
    parameters: Mapping[str, str]
    parts: tuple["Part", ...] = ()
    opaque: str = ""

    def content(self, most: int | None = None) -> bytes:
        """Return the body with its transfer encoding undone, of at most so many bytes of it."""
        end = self.end if most is None else min(self.end, self.start + most)
        return undone(self.raw[self.start : end], self.headers.token("content-transfer-encoding"))

    def walk(self) -> Iterator["Part"]:
        """Yield the part and all within it, in order."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def leaves(self) -> Iterator["Part"]:
        """Yield the parts that hold content, in order."""
        return (part for part in self.walk() if not part.parts)


def parse(raw: bytes) -> Part:
    """Return the tree of a mail; whatever is too deep or too many stays in one opaque part."""
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    if raw[:1] in (b"\r", b"\n"):
        raw = raw.lstrip(b"\r\n")
    return _Walk(raw).part((0, min(len(raw), limits.MAIL)), limits.DEPTH, "text/plain")


@dataclass(slots=True)
class _Walk:
    """The way down through one mail: how many parts may still be met, and lines that look like a boundary."""

    raw: bytes
    left: int = limits.PARTS
    tries: int = limits.BOUNDARIES

    def part(self, span: tuple[int, int], depth: int, default: str) -> Part:
        self.left -= 1
        headers, start = split_headers(self.raw, *span)
        media_type, given = typed(headers.first("content-type"), default)
        if not media_type.startswith("multipart/"):
            return Part(self.raw, start, span[1], headers, media_type, given)
        inner = "message/rfc822" if media_type == "multipart/digest" else "text/plain"
        boundary = given.get("boundary", "").rstrip()
        children = self.children((start, span[1]), depth - 1, inner, boundary) if depth > 0 else ()
        opaque = "parts are nested too deeply" if depth == 0 else "it has too many parts" if self.left <= 0 else ""
        if not children:
            # No part was found: show what is there rather than nothing.
            media_type = "application/octet-stream" if opaque else "text/plain"
        return Part(self.raw, start, span[1], headers, media_type, given, children, opaque)

    def children(self, span: tuple[int, int], depth: int, default: str, boundary: str) -> tuple[Part, ...]:
        if not boundary or len(boundary) > _LONGEST_BOUNDARY:
            return ()
        found = []
        for piece in self.pieces(span, b"--" + boundary.encode("utf-8", "replace")):
            if self.left <= 0:
                break
            found.append(self.part(piece, depth, default))
        return tuple(found)

    def pieces(self, span: tuple[int, int], literal: bytes) -> Iterator[tuple[int, int]]:
        """Yield where the parts stand between the lines of a boundary."""
        (start, end), opened = span, -1
        at = self.raw.find(literal, start, end)
        while at != -1 and self.tries > 0:
            self.tries -= 1
            line = _DELIMITED.match(self.raw, at + len(literal), end) if self.begins_line(at, start) else None
            if line is not None:
                if opened != -1:
                    yield opened, max(opened, _before_newline(self.raw, at, opened))
                if line[1]:
                    return
                opened = min(line.end() + 1, end)
            at = self.raw.find(literal, at + len(literal), end)
        if opened != -1:
            yield opened, end  # the mail was cut, or its sender forgot the end

    def begins_line(self, at: int, start: int) -> bool:
        return at == start or self.raw[at - 1] == 0x0A


def _before_newline(raw: bytes, at: int, start: int) -> int:
    """Return where a part ends: the line break before a delimiter belongs to the delimiter."""
    if at > start and raw[at - 1 : at] == b"\n":
        at -= 1
    if at > start and raw[at - 1 : at] == b"\r":
        at -= 1
    return at
