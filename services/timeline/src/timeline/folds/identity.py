"""Which handles are one customer: exact, strong handles of one party, and nothing else.

`customers = f(evidence)`: a pure function, so that order, repetition and the number of workers change nothing, ids
included.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import combinations
from uuid import UUID, uuid5

import phonenumbers

from peyvand.event import InteractionEvent

# Mailboxes that many people read, or none: they link nobody. Without dots, hyphens and underscores.
GENERIC_MAILBOXES = frozenset([
    "info", "sales", "office", "support", "contact", "contactus", "hello", "admin", "administrator", "billing", "hr",
    "jobs", "service", "help", "postmaster", "webmaster", "mailerdaemon", "test", "newsletter", "marketing", "noreply",
    "donotreply", "reply", "notification", "notifications", "bounce", "bounces",
])  # fmt: skip
_SEPARATORS = str.maketrans("", "", "._-")
# Nobody is called by more letters; an index of PostgreSQL takes no row of more than a third of a page.
NAME_LIMIT = 200


@dataclass(frozen=True, slots=True, order=True)
class Seen:
    """When a handle was first seen; the order of the fields decides whose name a customer bears."""

    first_at: datetime
    first_event: UUID
    kind: str
    scope: str
    value: str
    id: UUID


@dataclass(frozen=True, slots=True)
class Evidence:
    """One handle of one party (by its place) in one event."""

    event_id: UUID
    party: int
    handle_id: UUID
    kind: str
    scope: str
    value: str
    role: str
    proof: str
    name: str | None
    occurred_at: datetime


@lru_cache(maxsize=100_000)
def handle_id(organisation: UUID, kind: str, scope: str, value: str) -> UUID:
    """Return the id of a handle."""
    return uuid5(organisation, f"handle\x1f{kind}\x1f{scope}\x1f{value}")


def customer_id(organisation: UUID, earliest: Seen) -> UUID:
    """Return the id of the customer whose earliest handle this is."""
    return uuid5(organisation, f"customer\x1f{earliest.kind}\x1f{earliest.scope}\x1f{earliest.value}")


def strong(kind: str, value: str) -> bool:
    """Return whether a handle is one person's own; a landline or info@ is a customer of its own and links nobody."""
    match kind:
        case "email":
            return not _generic(value.partition("@")[0])
        case "phone":
            return _personal(value)
        case _:
            return True


def evidence_of(organisation: UUID, event: InteractionEvent) -> list[Evidence]:
    """Return what an event says of who is who; our own parties say nothing."""
    return [
        Evidence(
            event.event_id, place, handle_id(organisation, h.kind, h.scope, h.value), h.kind, h.scope, h.value,
            party.role, h.proof, _name(party.name), event.occurred_at,
        )
        for place, party in enumerate(event.parties)
        if not party.ours
        for h in party.handles
    ]  # fmt: skip


def _generic(local: str) -> bool:
    """Return whether a mailbox's local part, be it with a tag (info+shop), is a function's and not a person's."""
    return local.partition("+")[0].translate(_SEPARATORS) in GENERIC_MAILBOXES


def _name(written: str | None) -> str | None:
    return (written or "").replace("\0", "")[:NAME_LIMIT] or None


def links_of(evidence: Iterable[Evidence]) -> set[tuple[UUID, UUID]]:
    """Return the pairs of strong handles that belong to one party of one event, each as (smaller, larger)."""
    parties: dict[tuple[UUID, int], set[UUID]] = {}
    for e in evidence:
        if strong(e.kind, e.value):
            parties.setdefault((e.event_id, e.party), set()).add(e.handle_id)
    return {pair for handles in parties.values() for pair in combinations(sorted(handles), 2)}


def customers(organisation: UUID, seen: Collection[Seen], links: Iterable[tuple[UUID, UUID]]) -> dict[UUID, UUID]:
    """Return each handle's customer: connected handles are one, named after the earliest of them."""
    parent = {s.id: s.id for s in seen}

    def root(node: UUID) -> UUID:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for a, b in links:
        if a in parent and b in parent:
            parent[root(a)] = root(b)
    earliest: dict[UUID, Seen] = {}
    for s in seen:
        top = root(s.id)
        earliest[top] = min(earliest.get(top, s), s)
    return {s.id: customer_id(organisation, earliest[root(s.id)]) for s in seen}


@lru_cache(maxsize=100_000)
def _personal(value: str) -> bool:
    """Return whether a number can be one person's; in some countries a landline cannot be told from a mobile."""
    try:
        kind = phonenumbers.number_type(phonenumbers.parse(value))
    except phonenumbers.NumberParseException:
        return True
    return kind in (
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
        phonenumbers.PhoneNumberType.PERSONAL_NUMBER,
        phonenumbers.PhoneNumberType.VOIP,
        phonenumbers.PhoneNumberType.UNKNOWN,
    )
