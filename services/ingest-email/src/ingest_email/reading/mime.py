"""The tree of a mail's parts, from bytes: top down, with limits, so that no mail can be too deep or too long for us."""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from ingest_email.reading import limits
from ingest_email.reading.headers import Headers, parameters, split_headers
from ingest_email.reading.words import unbase64

_TYPE = re.compile(r"[\w.+-]{1,100}/[\w.+-]{1,100}", re.ASCII)
_LONGEST_BOUNDARY = 200


@dataclass(frozen=True, slots=True)
class Part:
    """One part: where its body stands in the raw mail, and the parts within it."""

    raw: bytes
    start: int
    end: int
    headers: Headers
    media_type: str
    parameters: dict[str, str]
    parts: tuple["Part", ...] = ()

    def content(self) -> bytes:
        """Return the body with its transfer encoding undone."""
        body = self.raw[self.start : self.end]
        match self.headers.token("content-transfer-encoding"):
            case "base64":
                return unbase64(body)
            case "quoted-printable":
                return binascii.a2b_qp(body)
            case _:
                return body

    def leaves(self) -> Iterator["Part"]:
        """Yield the parts that hold content, in order."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves()


def parse(raw: bytes) -> Part:
    """Return the tree of a mail; whatever is too deep or too many stays in one opaque part."""
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    if raw[:1] in (b"\r", b"\n"):
        raw = raw.lstrip(b"\r\n")
    return _Walk(raw).part((0, len(raw)), limits.DEPTH, "text/plain")


@dataclass(slots=True)
class _Walk:
    """The way down through one mail, and how many parts may still be met."""

    raw: bytes
    left: int = limits.PARTS

    def part(self, span: tuple[int, int], depth: int, default: str) -> Part:
        self.left -= 1
        headers, start = split_headers(self.raw, *span)
        media_type, given = parameters(headers.first("content-type"))
        if not _TYPE.fullmatch(media_type):
            media_type = default
        children: tuple[Part, ...] = ()
        if media_type.startswith("multipart/"):
            digest = media_type == "multipart/digest"
            inner = "message/rfc822" if digest else "text/plain"
            children = self.children((start, span[1]), depth - 1, inner, given.get("boundary", ""))
            if not children:
                # No part was found: show what is there rather than nothing.
                media_type = "text/plain" if depth > 0 and self.left > 0 else "application/octet-stream"
        return Part(self.raw, start, span[1], headers, media_type, given, children)

    def children(self, span: tuple[int, int], depth: int, default: str, boundary: str) -> tuple[Part, ...]:
        if not boundary or len(boundary) > _LONGEST_BOUNDARY or depth < 0:
            return ()
        found = []
        for piece in _pieces(self.raw, span, boundary):
            if self.left <= 0:
                break
            found.append(self.part(piece, depth, default))
        return tuple(found)


def _pieces(raw: bytes, span: tuple[int, int], boundary: str) -> Iterator[tuple[int, int]]:
    opened: int | None = None
    for line in _delimiter(boundary).finditer(raw, *span):
        if opened is not None:
            yield opened, max(opened, _before_newline(raw, line.start(), opened))
        if line[1]:
            return
        opened = min(line.end() + 1, span[1])
    if opened is not None:
        yield opened, span[1]  # the mail was cut, or its sender forgot the end


@lru_cache(maxsize=256)
def _delimiter(boundary: str) -> re.Pattern[bytes]:
    literal = re.escape(boundary.encode("utf-8", "replace"))
    return re.compile(rb"(?<![^\n])--" + literal + rb"(--)?[ \t]*\r?(?=\n|\Z)")


def _before_newline(raw: bytes, at: int, start: int) -> int:
    """Return where a part ends: the line break before a delimiter belongs to the delimiter."""
    if at > start and raw[at - 1 : at] == b"\n":
        at -= 1
    if at > start and raw[at - 1 : at] == b"\r":
        at -= 1
    return at
