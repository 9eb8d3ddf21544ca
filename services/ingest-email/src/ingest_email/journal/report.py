"""Journal reports of Exchange and Microsoft 365: a mail within a report that names everybody whom it went to.

https://learn.microsoft.com/exchange/security-and-compliance/journaling/journaling and [MS-XJRNL]
"""

import re
from dataclasses import dataclass

from ingest_email.reading.charset import decoded
from ingest_email.reading.keys import message_id
from ingest_email.reading.mime import Part, parse
from ingest_email.reading.parameters import parameters

_LINE = re.compile(r"^(?P<name>[A-Za-z-]{2,20}):[ \t]*(?P<value>.*?)\s*$", re.MULTILINE)
# "To: member@example.ir, Expanded: list@example.ir": the writer wrote to the list.
_INSTEAD = re.compile(r",\s*(?:Expanded|Forwarded):\s*(?P<address>\S+)\s*\Z", re.IGNORECASE)
_RECIPIENTS = ("recipient", "to", "cc", "bcc")
_LONGEST = 1_000_000
MOST_RECIPIENTS = 2_000


@dataclass(frozen=True, slots=True)
class Journaled:
    """The mail that a report is about, and its envelope as the report has it."""

    mail: bytes
    sender: str
    recipients: tuple[str, ...]


def journaled(raw: bytes) -> Journaled | None:
    """Return what a journal report holds, or None when a mail is none.

    A report is known by its form: lines with a sender, a Message-ID and recipients, then the mail with this Message-ID.
    """
    root = parse(raw)
    if root.media_type != "multipart/mixed" or len(root.parts) < 2:
        return None
    cover, *rest = root.parts
    inner = next((part for part in rest if part.media_type == "message/rfc822"), None)
    if inner is None or cover.media_type != "text/plain":
        return None
    said = [(m["name"].lower(), m["value"]) for m in _LINE.finditer(_text(cover))]
    mail = inner.content()
    names = {name for name, _ in said}
    if not {"sender", "message-id"} <= names or not names & set(_RECIPIENTS) or not _same(mail, said):
        return None
    sender = next(value for name, value in said if name == "sender")
    recipients = [_meant(value) for name, value in said if name in _RECIPIENTS][:MOST_RECIPIENTS]
    return Journaled(mail, sender, tuple(dict.fromkeys(r for r in recipients if "@" in r)))


def _same(mail: bytes, said: list[tuple[str, str]]) -> bool:
    """Return whether the mail is the one that the lines are about: else somebody forwards a mail with such lines."""
    told = next((value for name, value in said if name == "message-id"), "")
    own = parse(mail).headers.text("message-id")
    return message_id(own) == message_id(told) if own else not told


def _meant(value: str) -> str:
    """Return the address that the writer wrote to."""
    instead = _INSTEAD.search(value)
    return instead["address"] if instead else value.partition(",")[0].strip().strip("<>")


def _text(part: Part) -> str:
    _, given = parameters(part.headers.first("content-type"))
    return decoded(part.content()[:_LONGEST], given.get("charset", ""))
