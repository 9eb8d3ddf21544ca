"""A mail, read: everything that its bytes say, and nothing that depends on who received it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from ingest_email.reading import limits
from ingest_email.reading.addresses import Address, addresses
from ingest_email.reading.charset import encoding
from ingest_email.reading.dates import parsed, received
from ingest_email.reading.files import attachments, file_parts, is_text
from ingest_email.reading.headers import Headers
from ingest_email.reading.keys import message_id, references
from ingest_email.reading.left_out import left_out
from ingest_email.reading.mime import Part, parse
from ingest_email.reading.newwords import Folded, fold
from ingest_email.reading.protection import protection
from ingest_email.reading.text import Content, content, page_of
from ingest_email.reading.words import readable
from peyvand.errors import BadPayload
from peyvand.event import Attachment, Flag

# Without any of these the bytes are no mail, whatever they are.
_TELLING = ("from", "sender", "to", "cc", "subject", "date", "message-id", "received", "return-path")
# Fields of which a mail has one; where it has more, the first counts.
_ONCE = ("subject", "date", "message-id", "in-reply-to", "references", "content-type", "content-transfer-encoding")
_SAMPLE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Mail:
    """What a mail says of itself. `html` is its HTML body as it was sent, None when it has none or a very long one."""

    root: Part = field(repr=False, compare=False)
    subject: str
    senders: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    bcc: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    date: datetime | None
    received: datetime | None
    message_id: str | None
    references: tuple[str, ...]
    text: str
    html: str | None
    folded: Folded
    attachments: tuple[Attachment, ...]
    protection: tuple[Flag, ...]
    flags: tuple[Flag, ...]


def read_mail(raw: bytes, *, whole: bool = True) -> Mail:
    """Return what a mail says; `whole` False means that only its beginning is here. Raises BadPayload."""
    root = parse(raw)
    headers = root.headers
    if not any(name in headers.named for name in _TELLING):
        raise BadPayload("this is no mail: it has no sender, recipient, subject, date or Message-ID")
    hint = _hint(root)
    subject = headers.text("subject", hint)
    found = content(root, subject)
    people = {name: addresses(headers.all(name), hint) for name in ("from", "to", "cc", "bcc", "reply-to")}
    return Mail(
        root=root,
        subject=subject,
        senders=people["from"] or addresses(headers.all("sender"), hint),
        to=people["to"],
        cc=people["cc"],
        bcc=people["bcc"],
        reply_to=people["reply-to"],
        date=parsed(headers.text("date")),
        received=received([readable(value) for value in headers.all("received")[:1]]),
        message_id=message_id(headers.text("message-id")),
        references=references(headers.text("in-reply-to"), headers.text("references")),
        text=found.text,
        html=found.html if found.html and len(found.html) <= limits.HTML_KEPT else None,
        folded=_folded(found, subject),
        attachments=_attachments(root, hint, whole=whole and len(raw) <= limits.MAIL),
        protection=protection(root, found.plain),
        flags=(*_shortened(root, raw, cut=found.cut), *_repeated(headers)),
    )


def _folded(found: Content, subject: str) -> Folded:
    if found.page is not None:
        return Folded(found.page.new, found.page.quoted, found.page.sure, found.page.why)
    html = found.html if found.paired else None
    return fold(found.text, partial(page_of, html, subject) if html else None, subject)


def _attachments(root: Part, hint: str, *, whole: bool) -> tuple[Attachment, ...]:
    last = max((leaf.end for leaf in root.leaves()), default=0)
    parts = file_parts(root)
    if whole:
        return tuple(file for part in parts for file in attachments(part, hint, whole=True))
    found: list[Attachment] = []
    for part in parts:
        missing = left_out(part)
        found += attachments(part, hint, whole=missing is None and part.end != last, missing=missing)
    return tuple(found)


def _shortened(root: Part, raw: bytes, *, cut: bool) -> Iterator[Flag]:
    """Yield why not all of a mail is read."""
    why = {part.opaque for part in root.walk() if part.opaque}
    if any("deep" in said for said in why):
        yield Flag(name="too-deep", why=f"more than {limits.DEPTH} levels; what is deeper is one file")
    if any("many" in said for said in why):
        yield Flag(name="cut", why=f"more than {limits.PARTS} parts; the rest is in the raw mail")
    if cut:
        yield Flag(name="cut", why=f"more than {limits.TEXT} characters; the rest is in the raw mail")
    if len(raw) > limits.MAIL:
        yield Flag(name="cut", why=f"of {len(raw)} bytes only the first {limits.MAIL} are read")


def _repeated(headers: Headers) -> Iterator[Flag]:
    again = [f"{len(headers.named[name])} {name}" for name in _ONCE if len(headers.named.get(name, ())) > 1]
    if again:
        yield Flag(name="repeated-header", why=f"it has {', '.join(again)} fields; the first counts")


def _hint(root: Part) -> str:
    """Return the encoding of raw bytes in headers: that of the first text, whatever it says of itself."""
    if all(value.isascii() for part in root.walk() for _, value in part.headers.fields):
        return ""
    texts: Sequence[Part] = [leaf for leaf in root.leaves() if is_text(leaf)]
    return encoding(texts[0].content(_SAMPLE), texts[0].parameters.get("charset", "")) if texts else ""
