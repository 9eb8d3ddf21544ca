"""Receipts of reading (RFC 8098): what a reader's program says became of a mail of ours."""

from ingest_email.reading.keys import message_id
from ingest_email.reading.mail import Mail
from ingest_email.reading.marks.returned import enclosed, original
from ingest_email.reading.marks.status import RECEIPT, address, groups, part_of
from peyvand.event import Flag, Outcome, Report, Reported

_OUTCOMES = {
    "displayed": Outcome.READ,
    "deleted": Outcome.DELIVERED,  # it came, and was thrown away unread
    "dispatched": Outcome.DELIVERED,
    "processed": Outcome.DELIVERED,
}


def receipt(mail: Mail) -> tuple[Flag, Report] | None:
    """Return what a receipt of reading says, or None when the mail is none."""
    part = part_of(mail.root, RECEIPT)
    if part is None:
        return None
    fields = next(iter(groups(part)), None)
    if fields is None:
        return None
    done = fields.text("disposition").lower().rpartition(";")[2].strip().partition("/")[0].strip()
    reader = address(fields.text("original-recipient")) or address(fields.text("final-recipient"))
    outcome = _OUTCOMES.get(done)
    recipients = (Reported(recipient=reader, outcome=outcome),) if reader and outcome else ()
    about = message_id(fields.text("original-message-id")) or original(mail, enclosed(mail.root))
    flag = Flag(name="read-receipt", why=f"a receipt of reading: {done[:40] or 'without a disposition'}")
    return flag, Report(recipients=recipients, original=about)
