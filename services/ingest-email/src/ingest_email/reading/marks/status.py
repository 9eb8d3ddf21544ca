"""Reports for machines: the fields of delivery status (RFC 3464, 6533), reading (RFC 8098), complaints (RFC 5965)."""

import re
from collections.abc import Iterator

from ingest_email.reading.headers import Headers, split_headers
from ingest_email.reading.mime import Part
from ingest_email.reading.words import readable
from peyvand.event import Outcome, Reported
from peyvand.identity import email

DELIVERY = ("message/delivery-status", "message/global-delivery-status")
RECEIPT = ("message/disposition-notification", "message/global-disposition-notification")
COMPLAINT = ("message/feedback-report",)
MOST = 100
_LONGEST = 64 * 1024
_DIAGNOSTIC = 500
CODE = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
# "+2B" is how RFC 3461 writes a plus.
_XTEXT = re.compile(r"\+([0-9A-F]{2})")
_OUTCOMES = {
    "failed": Outcome.FAILED,
    "failure": Outcome.FAILED,
    "delayed": Outcome.DELAYED,
    "delivered": Outcome.DELIVERED,
    "relayed": Outcome.DELIVERED,  # to a server that sends no reports
    "expanded": Outcome.DELIVERED,
}
_BY_CLASS = {"5": Outcome.FAILED, "4": Outcome.DELAYED, "2": Outcome.DELIVERED}


def part_of(root: Part, types: tuple[str, ...]) -> Part | None:
    """Return the first part of one of the types; what is inside an attached mail is not looked at."""
    return next((part for part in root.leaves() if part.media_type in types), None)


def groups(part: Part) -> Iterator[Headers]:
    """Yield the groups of fields of a report, at most those of so many recipients."""
    # some servers give the report two blank lines between groups, some begin it with one
    raw = part.content(_LONGEST).replace(b"\r", b"").lstrip(b"\n")
    at, count = 0, 0
    while at < len(raw) and count <= MOST:
        headers, after = split_headers(raw, at, len(raw))
        if headers.fields:
            yield headers
            count += 1
        at = after if after > at else raw.find(b"\n", at) + 1 or len(raw)


def delivered(part: Part) -> tuple[Reported, ...]:
    """Return what a delivery status says of each recipient, each once."""
    found = (_reported(fields) for fields in groups(part))
    return tuple({r.recipient: r for r in found if r is not None}.values())[:MOST]


def _reported(fields: Headers) -> Reported | None:
    recipient = _recipient(fields)
    if recipient is None:
        return None
    code = CODE.search(fields.text("status"))
    action = fields.token("action")
    diagnostic = readable(fields.first("diagnostic-code") or b"").partition(";")[2].strip()
    outcome = _OUTCOMES.get(action) or _BY_CLASS.get(code[1][0] if code else "5", Outcome.FAILED)
    return Reported(
        recipient=recipient, outcome=outcome, status=code[1] if code else "", diagnostic=diagnostic[:_DIAGNOSTIC]
    )


def _recipient(fields: Headers) -> str | None:
    """Return whom we had written to, else whom that became."""
    original = address(_XTEXT.sub(lambda code: chr(int(code[1], 16)), fields.text("original-recipient")))
    return original or address(fields.text("final-recipient")) or address(fields.text("x-actual-recipient"))


def address(written: str) -> str | None:
    """Return the address of a field like `rfc822; <ali@example.com>`, as it stands in handles."""
    handle = email(written.rpartition(";")[2].strip().strip("<>").strip())
    return handle.value if handle else None
