"""What makes two sightings of a mail the same mail, and a mail the answer to another."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime

from ingest_email.reading import limits

_ID = re.compile(r"<([^<>\s]{1,996})>")
# What lists, gateways and filters put before a subject, which one copy of a mail carries and another does not, and what
# they move about with it; a tag with a digit is a ticket's number.
_BEFORE = re.compile(
    r"(?:\s|(?:re|fwd?|aw|wg|sv|tr|rv|پاسخ|بازارسال)\s*:"
    r"|\[[^\]\d]{1,40}\]|\*{2,5}[\w ?]{1,20}\*{2,5}|\{[\w ?]{1,20}\})+"
)


def message_id(written: str) -> str | None:
    """Return a valid Message-ID without its brackets, the domain in lower case, or None."""
    found = _ID.findall(written[: 4 * limits.FIELD])
    return _folded(found[0]) if len(found) == 1 and "@" in found[0] else None


def references(in_reply_to: str, references: str) -> tuple[str, ...]:
    """Return the ids of the mails that this one answers, the nearest first, each once."""
    named = [*_ID.findall(in_reply_to), *reversed(_ID.findall(references))]
    return tuple(dict.fromkeys(_folded(i) for i in named if "@" in i))[: limits.REFERENCES]


def mail_key(identity: str | None, sender: str, date: datetime | None, subject: str, body: Sequence[str]) -> str:
    """Return the key of a mail, the same for each of its copies and for no other mail.

    Some senders give one Message-ID to many mails, so sender, date and subject go with it; without an id the
    recipients and the text (`body`) tell mails of one second apart.
    """
    written = [sender, str(int(date.timestamp())) if date else "", _plain(subject)]
    if identity is not None:
        return _digest("mid", identity, *written)
    text = " ".join(body[-1].split()).encode()[: 64 * 1024] if body else b""
    return _digest("nomid", *written, *body[:-1], hashlib.sha256(text).hexdigest())


def _plain(subject: str) -> str:
    """Return a subject without what servers put before it, and without spaces, which they change when they fold it."""
    folded = unicodedata.normalize("NFC", subject.casefold())
    before = _BEFORE.match(folded)
    rest = "".join(folded[before.end() if before else 0 :].split())
    return rest or "".join(folded.split())


def _folded(identity: str) -> str:
    local, _, domain = identity.rpartition("@")
    return f"{local}@{domain.lower()}"


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
