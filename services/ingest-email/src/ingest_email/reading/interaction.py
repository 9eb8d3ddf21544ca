"""A mail as an interaction: who wrote to whom seen from us, when, and under which key."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from ingest_email.reading.authors import value_of
from ingest_email.reading.dates import written
from ingest_email.reading.keys import mail_key
from ingest_email.reading.mail import Mail, read_mail
from ingest_email.reading.marks import marks
from ingest_email.reading.newwords import Folded
from ingest_email.reading.ours import Ours, ours
from ingest_email.reading.people import RECIPIENTS, author_of, parties_of
from ingest_email.reading.seen import Seen
from ingest_email.reading.sender import Sender, sender
from peyvand.delivery import Delivery
from peyvand.errors import Skipped
from peyvand.event import Direction, Flag, InteractionEvent, Kind, Party, Role, event
from peyvand.event.build import TEXT_LIMIT
from peyvand.identity import Organisation, Proof

__all__ = ["Ours", "mail_events", "ours"]

FAMILY = "email"
SENT = "\\Sent"
_LONGEST_SUBJECT = 2_000


def mail_events(delivery: Delivery, own: Ours, organisation: Organisation) -> list[InteractionEvent]:
    """Return the event of a delivered mail; raises Skipped for mail wholly among us, BadPayload for what is none."""
    mail = read_mail(delivery.body, whole="partial" not in delivery.headers)
    # what we sent on stays its writer's, though its copy lies with our sent mail
    sent = delivery.headers.get("special-use") == SENT and "resent-from" not in mail.root.headers.named
    seen = Seen(mail, marks(mail), delivery, own, organisation, sent)
    parties = parties_of(seen)
    author = sender(seen, parties)
    direction = _direction(author, parties, seen)
    if direction is Direction.INTERNAL and own.internal == "skip":
        raise Skipped("internal")
    when = written(mail.date, (_internal_date(delivery), mail.received), by_us=sent)
    kept = direction is not Direction.INTERNAL or own.internal == "store"
    return [
        event(
            delivery,
            organisation,
            family=FAMILY,
            key=_key(mail),
            kind=Kind.MESSAGE,
            direction=direction,
            occurred_at=when.at,
            parties=tuple(_proven(p, author) for p in parties),
            message_key=mail.message_id,
            replies_to=mail.references,
            flags=(*seen.marked.flags, *author.flags, *mail.protection, *mail.flags, *when.flags, *_cut(seen)),
            **(_content(seen) if kept else {}),
        )
    ]


def _content(seen: Seen) -> dict[str, Any]:
    """Return what a mail says; of mail among us that is kept as metadata only, nothing of it goes into the event."""
    mail, folded = seen.mail, _folded(seen)
    return {
        "subject": mail.subject[:_LONGEST_SUBJECT] or None,
        "text": folded.new,
        "quoted": folded.quoted[:TEXT_LIMIT] if folded.quoted else None,
        "html": mail.html,
        "attachments": mail.attachments,
        "report": seen.marked.report,
    }


def _folded(seen: Seen) -> Folded:
    """Return the new words; what a server wrote is not folded on suspicion, for its own words look like quotes."""
    folded = seen.mail.folded
    return folded if folded.sure or not seen.marked.by_server else Folded(seen.mail.text)


def _direction(author: Sender, parties: Sequence[Party], seen: Seen) -> Direction:
    """Return the direction by who wrote; a bounce is never internal, though our own server wrote it."""
    if seen.marked.by_server or not (author.us and author.believed):
        return Direction.INBOUND
    recipients = [p for p in parties if p.role in RECIPIENTS]
    if not recipients or any(not p.ours for p in recipients):
        return Direction.OUTBOUND
    # A website's form mails us as ourselves, and names its visitor as the one to answer.
    visitor = any(not p.ours and p.handles for p in parties if p.role is Role.REPLY_TO)
    return Direction.INBOUND if visitor and not seen.sent else Direction.INTERNAL


def _proven(person: Party, author: Sender) -> Party:
    """Return a customer for whose address a trusted server vouches as one who came by it; all others are only named."""
    if person.role is not Role.FROM or person.ours or not author.vouched:
        return person
    return person.model_copy(
        update={"handles": tuple(h.model_copy(update={"proof": Proof.VIA}) for h in person.handles)}
    )


def _key(mail: Mail) -> str:
    recipients = sorted({value_of(a.written) or (a.written or a.name).lower() for a in (*mail.to, *mail.cc)})
    return mail_key(mail.message_id, author_of(mail), mail.date, mail.subject, [*recipients, mail.text])


def _internal_date(delivery: Delivery) -> datetime | None:
    given = delivery.headers.get("internaldate")
    return datetime.fromisoformat(given).astimezone(UTC) if given else None


def _cut(seen: Seen) -> Iterator[Flag]:
    """Yield what is not certain, or not there."""
    if partial := seen.delivery.headers.get("partial"):
        size = seen.delivery.headers.get("size", "?")
        what = "the text" if partial == "parts" else "the beginning"
        yield Flag(name="partial", why=f"of {size} bytes only {what} was fetched")
    folded = _folded(seen)
    if not folded.sure:
        yield Flag(name="unsure-quote", why=folded.why)
