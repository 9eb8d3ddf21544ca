"""A mail, read: everything that its bytes say, and nothing that depends on who received it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ingest_email.reading import marks
from ingest_email.reading.addresses import Address, addresses
from ingest_email.reading.charset import encoding
from ingest_email.reading.dates import parsed, received
from ingest_email.reading.files import attachment
from ingest_email.reading.keys import message_id, references
from ingest_email.reading.mime import Part, parse
from ingest_email.reading.quotes import Folded, fold
from ingest_email.reading.text import content, is_text
from ingest_email.reading.words import readable
from peyvand.errors import BadPayload
from peyvand.event import Attachment, Flag

# Without any of these the bytes are no mail, whatever they are.
_TELLING = ("from", "sender", "to", "cc", "subject", "date", "message-id", "received", "return-path")
_SAMPLE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Mail:
    """What a mail says of itself."""

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
    folded: Folded
    attachments: tuple[Attachment, ...]
    flags: tuple[Flag, ...]


def read_mail(raw: bytes, *, whole: bool = True) -> Mail:
    """Return what a mail says; `whole` False means that only its beginning is here. Raises BadPayload."""
    root = parse(raw)
    headers = root.headers
    if not any(headers.first(name) for name in _TELLING):
        raise BadPayload("this is no mail: it has no sender, recipient, subject, date or Message-ID")
    hint = _hint(root)
    found = content(root)
    people = {name: addresses(headers.all(name), hint) for name in ("from", "to", "cc", "bcc", "reply-to")}
    return Mail(
        subject=headers.text("subject", hint),
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
        folded=fold(found.text),
        attachments=_attachments(root, found.files, hint, whole=whole),
        flags=marks.flags(root),
    )


def _attachments(root: Part, files: Sequence[Part], hint: str, *, whole: bool) -> tuple[Attachment, ...]:
    last = None if whole else max((leaf.end for leaf in root.leaves()), default=0)
    return tuple(attachment(part, hint, whole=part.end != last) for part in files)


def _hint(root: Part) -> str:
    """Return the encoding of raw bytes in headers: that of the first text, whatever it says of itself."""
    for leaf in root.leaves():
        if is_text(leaf):
            return encoding(leaf.content()[:_SAMPLE], leaf.parameters.get("charset", ""))
    return ""
