"""The text that a mail says to its reader, and the parts that are files beside it."""

import re
from dataclasses import dataclass, field

from ingest_email.reading import limits
from ingest_email.reading.charset import decoded
from ingest_email.reading.html import to_text
from ingest_email.reading.mime import Part

_CONTROLS = dict.fromkeys([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F])
_BLANK_LINES = re.compile(r"\n[ \t]*\n(?:[ \t]*\n)+")


@dataclass(slots=True)
class Content:
    """Texts in the order in which they are shown, and what else came along."""

    texts: list[str] = field(default_factory=list)
    files: list[Part] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Return all texts as one."""
        return "\n\n".join(t for t in self.texts if t)[: limits.TEXT]


def content(root: Part) -> Content:
    """Return what a mail says, plain text preferred to HTML, and its files."""
    found = Content()
    _walk(root, found)
    return found


def _walk(part: Part, found: Content) -> None:
    if part.media_type == "multipart/alternative":
        _alternative(part, found)
    elif part.parts:
        for child in part.parts:
            _walk(child, found)
    elif is_text(part):
        found.texts.append(_text(part))
    else:
        found.files.append(part)


def _alternative(part: Part, found: Content) -> None:
    """Take the plainest alternative that says something; of the others only their files."""
    read = []
    for child in part.parts:
        one = Content()
        _walk(child, one)
        read.append(one)
    plain = [one for child, one in zip(part.parts, read, strict=True) if child.media_type == "text/plain"]
    chosen = next((one for one in [*plain, *read] if one.text), None)
    if chosen is not None:
        found.texts += chosen.texts
    for one in read:
        found.files += one.files


def is_text(part: Part) -> bool:
    """Return whether a part is shown as text: no file name, and not declared an attachment."""
    if part.media_type not in ("text/plain", "text/html"):
        return False
    disposition = part.headers.first("content-disposition") or b""
    return b"name" not in disposition.lower() and not disposition.lower().startswith(b"attachment")


def _text(part: Part) -> str:
    text = decoded(part.content()[: 2 * limits.TEXT], part.parameters.get("charset", ""))
    if part.media_type == "text/html":
        text = to_text(text)
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROLS)
    if part.parameters.get("format", "").lower() == "flowed":
        text = _unflowed(text, joined=part.parameters.get("delsp", "").lower() == "yes")
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", lines).strip("\n")


def _unflowed(text: str, *, joined: bool) -> str:
    """Return text whose soft line breaks (RFC 3676) are undone; quoted lines stay as they are."""
    lines: list[str] = []
    flowing = False
    for line in text.split("\n"):
        soft = line.endswith(" ") and line != "-- " and not line.startswith(">")
        shown = (line[:-1] if joined and soft else line).removeprefix(" ")
        if flowing and not line.startswith(">"):
            lines[-1] += shown
        else:
            lines.append(shown)
        flowing = soft
    return "\n".join(lines)
