"""A mail as an interaction: who wrote to whom seen from us, when, and under which key."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ingest_email.reading.addresses import Address
from ingest_email.reading.dates import written
from ingest_email.reading.keys import mail_key
from ingest_email.reading.mail import Mail, read_mail
from peyvand.delivery import Delivery
from peyvand.errors import Skipped
from peyvand.event import Direction, Flag, InteractionEvent, Kind, Party, Role, event, party
from peyvand.event.build import TEXT_LIMIT
from peyvand.identity import Organisation, Proof, email

FAMILY = "email"
SENT = "\\Sent"
_LONGEST_SUBJECT = 2_000


@dataclass(frozen=True, slots=True)
class Ours:
    """What is ours beside the organisation's own: a mailbox's addresses; and whether mail among us is kept."""

    addresses: frozenset[str]
    internal: bool = False


def ours(written_addresses: Sequence[str], *, internal: bool) -> Ours:
    """Return what is ours, from addresses as the settings have them."""
    handles = (email(address) for address in written_addresses)
    return Ours(frozenset(h.value for h in handles if h is not None), internal)


def mail_events(delivery: Delivery, own: Ours, organisation: Organisation) -> list[InteractionEvent]:
    """Return the event of a delivered mail; raises Skipped for mail wholly among us, BadPayload for what is none."""
    mail = read_mail(delivery.body, whole="partial" not in delivery.headers)
    sent = delivery.headers.get("special-use") == SENT
    parties = tuple(_parties(mail, own, organisation, sent=sent))
    direction = _direction(mail, parties, sent=sent)
    parties = tuple(_proven(p, direction) for p in parties)
    if direction is Direction.INTERNAL and not own.internal:
        raise Skipped("internal")
    when = written(mail.date, (_internal_date(delivery), mail.received), by_us=sent)
    return [
        event(
            delivery,
            organisation,
            family=FAMILY,
            key=_key(mail),
            kind=Kind.MESSAGE,
            direction=direction,
            occurred_at=when.at,
            parties=parties,
            message_key=mail.message_id,
            replies_to=mail.references,
            subject=mail.subject[:_LONGEST_SUBJECT] or None,
            text=mail.folded.new,
            quoted=mail.folded.quoted[:TEXT_LIMIT] if mail.folded.quoted else None,
            attachments=mail.attachments,
            flags=(*mail.flags, *when.flags, *_cut(delivery)),
        )
    ]


def _parties(mail: Mail, own: Ours, organisation: Organisation, *, sent: bool) -> Iterator[Party]:
    roles = (
        (Role.FROM, mail.senders),
        (Role.TO, mail.to),
        (Role.CC, mail.cc),
        (Role.BCC, mail.bcc),
        (Role.REPLY_TO, mail.reply_to),
    )
    seen: set[tuple[Role, str]] = set()
    for role, people in roles:
        for person in people:
            handle = email(person.written)
            if (role, handle.value if handle else person.written) in seen:
                continue
            seen.add((role, handle.value if handle else person.written))
            mine = (handle is not None and handle.value in own.addresses) or (sent and role is Role.FROM)
            yield party(role, [handle], organisation, _name(person), ours=mine)


def _name(person: Address) -> str:
    """Return a person's name; an address that is none stands for it, so that it is seen."""
    return person.name or ("" if email(person.written) else person.written)


def _direction(mail: Mail, parties: Sequence[Party], *, sent: bool) -> Direction:
    """Return the direction by who wrote; a bounce is never internal, though our own server wrote it."""
    if not sent and not any(p.ours for p in parties if p.role is Role.FROM):
        return Direction.INBOUND
    if any(f.name in ("bounce", "delivery-report") for f in mail.flags):
        return Direction.INBOUND
    recipients = [p for p in parties if p.role in (Role.TO, Role.CC, Role.BCC)]
    if not recipients or any(not p.ours for p in recipients):
        return Direction.OUTBOUND
    # A website's form mails us as ourselves, and names its visitor as the one to answer.
    visitor = any(not p.ours and p.handles for p in parties if p.role is Role.REPLY_TO)
    return Direction.INBOUND if visitor and not sent else Direction.INTERNAL


def _proven(person: Party, direction: Direction) -> Party:
    """Return the sender of a mail to us as one who came by this address; all others are only named."""
    if person.role is not Role.FROM or direction is not Direction.INBOUND or person.ours:
        return person
    return person.model_copy(
        update={"handles": tuple(h.model_copy(update={"proof": Proof.VIA}) for h in person.handles)}
    )


def _key(mail: Mail) -> str:
    sender = _address(mail.senders[0]) if mail.senders else ""
    recipients = sorted({_address(a) for a in (*mail.to, *mail.cc)})
    return mail_key(mail.message_id, sender, mail.date, mail.subject, [*recipients, mail.text])


def _address(person: Address) -> str:
    handle = email(person.written)
    return handle.value if handle else (person.written or person.name).lower()


def _internal_date(delivery: Delivery) -> datetime | None:
    given = delivery.headers.get("internaldate")
    return datetime.fromisoformat(given).astimezone(UTC) if given else None


def _cut(delivery: Delivery) -> tuple[Flag, ...]:
    if "partial" not in delivery.headers:
        return ()
    size = delivery.headers.get("size", "?")
    return (Flag(name="partial", why=f"of {size} bytes only the beginning was fetched"),)
