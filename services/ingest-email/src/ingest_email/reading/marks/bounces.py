"""Undeliverable mail: reports that machines can read, and the words of servers that write none.

One strong sign is enough: a delivery status, or X-Failed-Recipients. Weak signs need company, since each of them also
stands on mail that is no bounce: an answering machine's null sender, a customer's "delivery failure" of his order.
"""

import re

from ingest_email.reading.headers import Headers
from ingest_email.reading.mail import Mail
from ingest_email.reading.marks.phrases import begins, folded, says
from ingest_email.reading.marks.refusals import refused
from ingest_email.reading.marks.returned import enclosed, original
from ingest_email.reading.marks.status import DELIVERY, delivered, part_of
from ingest_email.reading.mime import Part
from peyvand.event import Flag, Outcome, Report, Reported

_SAMPLE = 16 * 1024
# Nobody answers to these.
_ROBOTS = re.compile(
    r"(?:mailer-?daemon|mail-?daemon|mdaemon|smtp-?daemon|mail-?delivery(?:-subsystem)?|microsoftexchange[0-9a-f]{32})\Z"
    r"|(?:internet )?mail ?(?:delivery|system|daemon)|e?mail delivery|mailer[- ]daemon|delivery subsystem"
)
# Behind these may sit a person.
_POSTMASTERS = re.compile(r"(?:postmaster|mail-?system|ndr)\Z|postmaster|system administrator|mail administrator")
_FIELDS = re.compile(
    r"^\s{0,8}(?:(?:original|final)-recipient\s*:|action\s*:\s*(?:failed|delayed)|diagnostic-code\s*:|reporting-mta\s*:)",
    re.IGNORECASE | re.MULTILINE,
)
# An SMTP reply, or an enhanced status beside words that make it one: not any date or price.
_CODE = re.compile(
    r"\b[45][0-5]\d[ -]\(?#?[45]\.[0-7]\.\d{1,3}\b|#[45]\.[0-7]\.\d{1,3}\b|status\W{1,3}[45]\.[0-7]\.\d{1,3}\b"
    r"|\b(?:said|error|reply|response|answered|code)\W{1,12}[45][0-5]\d\b|\bRCPT TO\b|^[45][0-5]\d[ -]\S",
    re.IGNORECASE | re.MULTILINE,
)
_NULL = re.compile(rb"\s*<?\s*(?:mailer-daemon(?:@[\w.-]{1,255})?)?\s*>?\s*\Z", re.IGNORECASE)


def bounce(mail: Mail) -> tuple[Flag, Report] | None:
    """Return what a delivery report says, or None when the mail is none."""
    part = part_of(mail.root, DELIVERY)
    signs = _signs(mail, part)
    if not signs:
        return None
    returned = enclosed(mail.root)
    recipients = (delivered(part) if part is not None else ()) or refused(mail, returned)
    report = Report(recipients=recipients, original=original(mail, returned))
    return _flag(recipients, signs), report


def _flag(recipients: tuple[Reported, ...], signs: str) -> Flag:
    outcomes = {r.outcome for r in recipients}
    if not outcomes or Outcome.FAILED in outcomes:
        return Flag(name="bounce", why=f"a delivery report: failed ({signs})")
    said = "delayed" if Outcome.DELAYED in outcomes else "delivered"
    return Flag(name="delivery-report", why=f"a delivery report: {said} ({signs})")


def _signs(mail: Mail, part: Part | None) -> str:
    """Return by what signs a mail is a delivery report, or "" when they do not suffice."""
    headers = mail.root.headers
    if _is_report(mail.root) and part is not None:
        return "RFC 3464"
    if headers.first("x-failed-recipients"):
        return "X-Failed-Recipients"
    robot, postmaster = _named_like(mail, _ROBOTS), _named_like(mail, _POSTMASTERS)
    null, subject = _null_path(headers), folded(mail.subject)
    named = begins(subject, "bounce")
    automatic = headers.token("auto-submitted").startswith("auto-")
    if not (robot or postmaster or named or (null and (automatic or part is not None))):
        return ""
    if begins(subject, "answer") or (says(subject, "away") and not named):
        return ""
    return _enough(
        {
            "a mail robot's name": robot,
            "a postmaster's name": postmaster and not robot,
            "a null sender": null,
            "its subject": named,
            "Auto-Submitted": automatic,
            **_said(mail, fields=part is not None or _is_report(mail.root)),
        }
    )


def _said(mail: Mail, *, fields: bool) -> dict[str, bool]:
    text = mail.text[:_SAMPLE]
    return {
        "fields of a report": fields or _FIELDS.search(text) is not None,
        "a status code": _CODE.search(text) is not None,
        "its words": says(folded(text[:4_000]), "undelivered"),
    }


def _enough(signs: dict[str, bool]) -> str:
    """Return the signs when they suffice: three with a machine's among them, or two that go together."""
    found = {sign for sign, there in signs.items() if there}
    sender = {"a mail robot's name", "a postmaster's name", "a null sender"} & found
    machine = sender or {"Auto-Submitted", "fields of a report"} & found
    telling = found - {"a null sender", "Auto-Submitted"}
    together = (sender and "its subject" in found) or {"a mail robot's name", "its words"} <= found
    enough = together or (machine and len(found) >= 3 and len(telling) >= 2)
    return ", ".join(sign for sign in signs if sign in found) if enough else ""


def _is_report(root: Part) -> bool:
    kind = root.parameters.get("report-type", "").lower()
    return root.media_type == "multipart/report" and kind in ("", "delivery-status")


def _named_like(mail: Mail, names: re.Pattern[str]) -> bool:
    """Return whether a sender's name, or what stands before the @ of his address, begins like one of the names."""
    return any(
        names.match(sender.written.partition("@")[0].strip(' "').lower()) or names.match(folded(sender.name))
        for sender in mail.senders[:3]
    )


def _null_path(headers: Headers) -> bool:
    path = headers.first("return-path")
    return path is not None and _NULL.match(path) is not None
