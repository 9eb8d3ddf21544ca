"""Complaints (RFC 5965): a provider tells that a reader called a mail of ours spam."""

from ingest_email.reading.addresses import addresses
from ingest_email.reading.headers import Headers
from ingest_email.reading.mail import Mail
from ingest_email.reading.marks.returned import enclosed, original
from ingest_email.reading.marks.status import COMPLAINT, MOST, address, groups, part_of
from ingest_email.reading.words import readable
from peyvand.event import Flag, Outcome, Report, Reported

# Reports of the same form about other things: of failed authentication (RFC 6591), and of what is no spam after all.
_NO_COMPLAINT = ("auth-failure", "not-spam", "virus")


def complaint(mail: Mail) -> tuple[Flag, Report | None] | None:
    """Return what a complaint says, or None when the mail is none."""
    part = part_of(mail.root, COMPLAINT)
    fields = next(iter(groups(part)), None) if part is not None else None
    if fields is None:
        return None
    kind = fields.token("feedback-type")[:40]
    if kind in _NO_COMPLAINT:
        return Flag(name="auto-generated", why=f"a feedback report: {kind}"), None
    returned = enclosed(mail.root)
    recipients = [Reported(recipient=r, outcome=Outcome.COMPLAINED) for r in _complainers(fields, returned)]
    report = Report(recipients=tuple(recipients), original=original(mail, returned))
    return Flag(name="complaint", why=f"a feedback report: {kind or 'without a type'}"), report


def _complainers(fields: Headers, returned: Headers | None) -> list[str]:
    """Return whom the provider names, else to whom the mail went; many providers black the address out."""
    named = [
        address(readable(value)) for name in ("original-rcpt-to", "removal-recipient") for value in fields.all(name)
    ]
    if not any(named) and returned is not None:
        named = [address(a.written) for a in addresses(returned.all("to"))[:MOST]]
    return list(dict.fromkeys(a for a in named if a))[:MOST]
