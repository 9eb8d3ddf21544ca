"""Which mail of ours a report is about: the Message-ID of what came back."""

import re

from ingest_email.reading.headers import Headers, split_headers
from ingest_email.reading.keys import message_id
from ingest_email.reading.mail import Mail
from ingest_email.reading.mime import Part

_ENCLOSED = (
    "message/rfc822", "text/rfc822-headers", "text/rfc822-header", "message/rfc822-headers", "message/global",
    "message/global-headers",
)  # fmt: skip
_LONGEST = 256 * 1024
_LINE = re.compile(r"^[>\s|]{0,20}(?:original-)?message-id:\s{0,80}(<[^<>\s]{1,996}>)", re.IGNORECASE | re.MULTILINE)


def enclosed(root: Part) -> Headers | None:
    """Return the headers of the mail that came back, or None when there is none."""
    for part in root.leaves():
        if part.media_type in _ENCLOSED and part is not root:
            raw = part.content(_LONGEST).lstrip(b"\r\n")
            return split_headers(raw, 0, len(raw))[0]
    return None


def original(mail: Mail, returned: Headers | None) -> str | None:
    """Return the Message-ID of the mail that a report is about: from its copy, else as quoted, else what it answers."""
    named = [returned.text("message-id")] if returned else []
    named += [found[1] for found in _LINE.finditer(mail.text[:_LONGEST])]
    named += [mail.root.headers.text("in-reply-to")]
    ids = (message_id(written) for written in named)
    return next((i for i in ids if i is not None and i != mail.message_id), None)
