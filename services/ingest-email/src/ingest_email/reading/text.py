"""The text that a mail says to its reader, plain and as HTML."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ingest_email.reading import limits
from ingest_email.reading.charset import decoded
from ingest_email.reading.files import is_text
from ingest_email.reading.html import Html, read_html
from ingest_email.reading.mime import Part
from ingest_email.reading.protection import unsigned
from ingest_email.reading.tidy import plainly, tidied, unflowed
from peyvand.errors import BadPayload

_META = re.compile(rb"""<meta\s[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE)
_HEAD = 2_048
# Of a text at most this is decoded at all; four bytes for each letter, and base64.
_MOST_BYTES = 6 * limits.TEXT
# A plain text of so few characters is doubted when the HTML says so many times as much.
_LITTLE, _MUCH = 200, 5


@dataclass(frozen=True, slots=True)
class Body:
    """What one part, or the alternatives of one part, say; None where there is no such form."""

    plain: str | None
    html: str | None

    @property
    def empty(self) -> bool:
        return not self.plain and not self.html


@dataclass(frozen=True, slots=True)
class Content:
    """What a mail says: its plain texts as one, its HTML as it was sent, and what is shown of both.

    `page` is what was read from the HTML, where it is that which is shown; `paired` when plain text and HTML say the
    same; `cut` when there is more than is read.
    """

    plain: str
    html: str | None
    text: str
    page: Html | None = None
    paired: bool = False
    cut: bool = False


def content(root: Part, subject: str = "") -> Content:
    """Return what a mail says, plain text preferred to HTML; raises BadPayload when its HTML cannot be parsed."""
    reading = _Reading()
    bodies = [body for body in reading.bodies(root) if not body.empty]
    plain = _joined(body.plain or "" for body in bodies)
    html = "\n".join(body.html for body in bodies if body.html) or None
    page = _shown(bodies, plain, html, subject)
    if page is not None:
        text = tidied(page.text)
    else:
        text = _joined(body.plain or tidied(read_html(body.html or "").text) for body in bodies)
    paired = bool(plain) and all(body.html for body in bodies)
    cut = min(reading.left, reading.html_left) <= 0 or len(text) > limits.TEXT
    return Content(plain, html, text[: limits.TEXT], page, paired, cut)


def _shown(bodies: list[Body], plain: str, html: str | None, subject: str) -> Html | None:
    """Return what is read from the HTML when that is what is shown: it has no plain text, or one that says nothing.

    Some senders write "your program cannot show HTML" there, or only the beginning.
    """
    if html is None or not all(body.html for body in bodies):
        return None
    if not plain:
        return read_html(html, subject)
    if len(plain) > _LITTLE or len(html) < _MUCH * len(plain):
        return None
    page = page_of(html, subject)
    return page if page and len(page.new) > _MUCH * (len(plain) + _LITTLE // _MUCH) else None


def page_of(html: str, subject: str) -> Html | None:
    """Return what is read from HTML beside a plain text, which stands alone when the HTML cannot be parsed."""
    try:
        return read_html(html, subject)
    except BadPayload:
        return None


def _joined(texts: Iterator[str]) -> str:
    return "\n\n".join(text for text in texts if text)


@dataclass(slots=True)
class _Reading:
    """The way through one mail's texts, and how many characters may still be read of plain text and of HTML."""

    left: int = limits.TEXT
    html_left: int = field(default=limits.HTML)

    def bodies(self, part: Part) -> Iterator[Body]:
        if part.media_type == "multipart/alternative" and len(part.parts) > 1:
            yield self.alternatives(part)
        elif part.parts:
            for child in part.parts:
                yield from self.bodies(child)
        elif is_text(part):
            yield self.body(part)

    def alternatives(self, part: Part) -> Body:
        """Return the first alternative that says something in each form."""
        each = [list(self.bodies(child)) for child in part.parts]
        plains = (_joined(body.plain or "" for body in bodies) for bodies in each)
        htmls = ("\n".join(body.html for body in bodies if body.html) for bodies in each)
        return Body(next(filter(None, plains), None), next(filter(None, htmls), None))

    def body(self, part: Part) -> Body:
        html = part.media_type == "text/html"
        left = self.html_left if html else self.left
        if left <= 0:
            return Body(None, None)
        raw = part.content(_MOST_BYTES)
        text = plainly(decoded(raw, _label(raw, part))[:left], raw)
        if html:
            self.html_left -= len(text)
            return Body(None, text)
        self.left -= len(text)
        if part.parameters.get("format", "").lower() == "flowed":
            text = unflowed(text, joined=part.parameters.get("delsp", "").lower() == "yes")
        return Body(unsigned(tidied(text)), None)


def _label(raw: bytes, part: Part) -> str:
    """Return the charset that a text claims; HTML without one may say it within."""
    label = part.parameters.get("charset", "")
    if label or part.media_type != "text/html":
        return label
    said = _META.search(raw[:_HEAD])
    return said[1].decode("ascii") if said else ""
