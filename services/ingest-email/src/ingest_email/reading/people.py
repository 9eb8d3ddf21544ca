"""Who has to do with a mail, and in which role, seen from us."""

from collections.abc import Iterable, Iterator, Sequence

from ingest_email.reading.addresses import Address, addresses
from ingest_email.reading.authors import authors, list_addresses, value_of
from ingest_email.reading.mail import Mail
from ingest_email.reading.seen import Seen
from peyvand.event import Party, Role, party
from peyvand.identity import Handle, email

RECIPIENTS = (Role.TO, Role.CC, Role.BCC)
# What a server writes of the recipient for whom it put a mail away, the one before aliases were followed first.
_PUT_AWAY = ("x-original-to", "envelope-to", "x-envelope-to", "delivered-to")


def parties_of(seen: Seen) -> tuple[Party, ...]:
    """Return everybody once in each role."""
    named = tuple(_once(_named(seen)))
    return tuple(_once([*named, *_blind(seen, named), *_about(seen, named)]))


def _named(seen: Seen) -> Iterator[Party]:
    mail, headers = seen.mail, seen.mail.root.headers
    listed = list_addresses(mail)
    roles = (
        (Role.FROM, authors(mail, listed)),
        (Role.TO, (*mail.to, *addresses(headers.all("resent-to")))),
        (Role.CC, (*mail.cc, *addresses(headers.all("resent-cc")), *_senders_on(mail))),
        (Role.BCC, (*mail.bcc, *addresses(headers.all("resent-bcc")))),
        (Role.REPLY_TO, mail.reply_to),
    )
    for role, people in roles:
        nobody = seen.marked.by_server and role in (Role.FROM, Role.REPLY_TO)
        for person in people:
            handle = email(person.written)
            unowned = nobody or (handle is not None and handle.value in listed)
            yield _party(seen, role, person, handle, nobody=unowned)


def _senders_on(mail: Mail) -> Iterator[Address]:
    """Yield who sent a mail on without being named in it: he had it himself."""
    named = {value_of(person.written) for person in (*mail.senders, *mail.to, *mail.cc, *mail.bcc)}
    between = addresses(mail.root.headers.all("resent-from"))
    yield from (person for person in between if value_of(person.written) not in named)


def _party(seen: Seen, role: Role, person: Address, handle: Handle | None, *, nobody: bool) -> Party:
    """Return a person; an address that is none, or nobody's, stands in the name, so that it is seen."""
    mine = seen.ours(handle) or (seen.sent and role is Role.FROM)
    name = person.name or (person.written if handle is None or nobody else "")
    return party(role, [] if nobody else [handle], seen.organisation, name, ours=mine)


def _blind(seen: Seen, named: Sequence[Party]) -> Iterator[Party]:
    """Yield those who had the mail without being named in it: what its envelope says, else for whom it was put away.

    What stands in the mail itself anybody can write, so of that only our own addresses count. So it is with the
    envelope, which may name where Peyvand listens; only a journal's report of a mail of ours names all recipients.
    """
    if seen.marked.by_list:
        return
    recipients = [p for p in named if p.role in RECIPIENTS]
    known = {h.value for p in recipients for h in p.handles}
    by_us = any(p.ours for p in named if p.role is Role.FROM)
    reported = by_us and seen.delivery.headers.get("journal") == "report"
    envelope = [h for w in seen.delivery.headers.get("envelope-to", "").split(",") if (h := email(w)) is not None]
    for handle in (h for h in envelope if h.value not in known and (reported or seen.ours(h))):
        yield party(Role.BCC, [handle], seen.organisation, ours=seen.ours(handle))
    if not (by_us or any(map(seen.ours, envelope)) or any(p.ours for p in recipients)):
        yield from _put_away(seen)


def _put_away(seen: Seen) -> Iterator[Party]:
    headers = seen.mail.root.headers
    written = [person.written for name in _PUT_AWAY for person in addresses(headers.all(name)[:1])]
    if len(seen.own.addresses) == 1:
        written += seen.own.addresses
    mine = next((h for w in written if seen.ours(h := email(w))), None)
    if mine is not None:
        yield party(Role.BCC, [mine], seen.organisation, ours=True)


def _about(seen: Seen, named: Sequence[Party]) -> Iterator[Party]:
    """Yield those whom a report is about, so that it stands with what else is known of them."""
    senders = {h.value for p in named if p.role is Role.FROM for h in p.handles}
    for reported in seen.marked.report.recipients if seen.marked.report else ():
        handle = email(reported.recipient)
        if handle is not None and handle.value not in senders:
            yield party(Role.ABOUT, [handle], seen.organisation, ours=seen.ours(handle))


def _once(parties: Iterable[Party]) -> Iterator[Party]:
    seen: set[tuple[Role, str | None]] = set()
    for one in parties:
        who = (one.role, one.handles[0].value if one.handles else one.name)
        if who not in seen:
            seen.add(who)
            yield one


def author_of(mail: Mail) -> str:
    """Return the address of who wrote a mail as it stands in handles, else as it is written."""
    author = next(iter(authors(mail, list_addresses(mail))), None)
    return (value_of(author.written) or (author.written or author.name).lower()) if author else ""
