"""Whether a mail's sender is who it says: what trusted servers found, and what looks made to deceive."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest_email.reading.authentication import Judgement, Standing, at_home, judged
from ingest_email.reading.authors import value_of
from ingest_email.reading.deception import misnamed, pretences, several
from ingest_email.reading.seen import Seen
from peyvand.event import Flag, Party, Role

_LONGEST_WHY = 300


@dataclass(frozen=True, slots=True)
class Sender:
    """Whether From names only us, whether that is believed, whether a trusted server vouches for it; and flags."""

    us: bool
    believed: bool
    vouched: bool
    flags: tuple[Flag, ...]


def sender(seen: Seen, parties: Sequence[Party]) -> Sender:
    """Return what is known of who wrote a mail."""
    from_whom = [p for p in parties if p.role is Role.FROM]
    us = bool(from_whom) and all(p.ours for p in from_whom)
    judgement = _judged(seen, from_whom, us=us)
    vouched = judgement.standing is Standing.VOUCHED and len(from_whom) == 1
    # without a server to ask, an own address is taken at its word: it is a colleague's nearly always
    believed = us and (seen.sent or vouched or not seen.own.trusted)
    reasons = [] if believed else list(_suspicions(seen, from_whom, judgement))
    return Sender(us, believed, vouched, (*_suspect(seen, reasons), *several(seen.mail)))


def _suspect(seen: Seen, reasons: Sequence[str]) -> Iterator[Flag]:
    if reasons:
        yield Flag(name="spoof-suspect", why="; ".join(dict.fromkeys(reasons))[:_LONGEST_WHY])
    else:
        yield from misnamed(seen.mail, seen.own, seen.organisation)


def _judged(seen: Seen, from_whom: Sequence[Party], *, us: bool) -> Judgement:
    handles = [h.value for p in from_whom for h in p.handles] or [value_of(s.written) or "" for s in seen.mail.senders]
    domain = handles[0].rpartition("@")[2] if handles else ""
    if not domain or seen.sent:
        return Judgement(Standing.UNKNOWN, "")
    headers, trusted = seen.mail.root.headers, seen.own.trusted
    judgement = judged(headers, domain, trusted)
    if us and trusted and judgement.standing is not Standing.VOUCHED:
        # an envelope is a journal's or a webhook's, which may hand over a mail without its Received fields
        home = at_home(headers, domain, trusted) if "envelope-to" not in seen.delivery.headers else ""
        return Judgement(Standing.VOUCHED, home) if home else judgement
    return judgement


def _suspicions(seen: Seen, from_whom: Sequence[Party], judgement: Judgement) -> Iterator[str]:
    if any(p.ours for p in from_whom):
        yield f"it says that it is from us, and {judgement.why}" if len(from_whom) == 1 else "some senders are ours"
    elif judgement.standing is Standing.FORGED and not (seen.marked.by_list or seen.marked.by_server):
        yield judgement.why
    yield from pretences(seen.mail, seen.own, seen.organisation)
