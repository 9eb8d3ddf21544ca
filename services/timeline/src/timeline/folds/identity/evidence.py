"""What events say of who is who: handles of one party, what links them, and how they are called."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import combinations
from uuid import UUID, uuid5

from peyvand.event import InteractionEvent
from peyvand.identity import Proof
from timeline.folds.identity.names import NameKey, compatible, name_key
from timeline.folds.identity.verdicts import Pair

Named = tuple[UUID, str, bool]  # a handle, a name as written, and whether the channel itself said so
# Both ends proved by the channel or a code; each end that was only typed by somebody takes one away.
STRONGEST = 3

# Under what somebody calls; of who has nothing else and was never named, nothing is known.
NUMBERS = ("phone", "phone_ext", "sip")

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


def evidence_of(organisation: UUID, event: InteractionEvent) -> list[Evidence]:
    """Return what an event says of who is who; our own parties say nothing."""
    return [
        Evidence(
            event.event_id, place, handle_id(organisation, h.kind, h.scope, h.value), h.kind, h.scope, h.value,
            party.role, h.proof, clean_name(party.name), event.occurred_at,
        )
        for place, party in enumerate(event.parties)
        if not party.ours
        for h in party.handles
    ]  # fmt: skip


def clean_name(written: str | None) -> str | None:
    """Return a name as it is kept, None when there is none."""
    return (written or "").replace("\0", "")[:NAME_LIMIT] or None


@dataclass(frozen=True, slots=True)
class Linked:
    """What links two handles: how strongly, and since when."""

    strength: int
    first_at: datetime
    first_event: UUID

    def with_(self, other: "Linked") -> "Linked":
        """Return both together: the greater strength, the earlier sighting."""
        first = min((self.first_at, self.first_event), (other.first_at, other.first_event))
        return Linked(max(self.strength, other.strength), *first)


def links_of(evidence: Iterable[Evidence]) -> dict[Pair, Linked]:
    """Return what links the handles of one party of one event to each other."""
    parties: dict[tuple[UUID, int], dict[UUID, Evidence]] = {}
    for e in evidence:
        parties.setdefault((e.event_id, e.party), {})[e.handle_id] = e
    links: dict[Pair, Linked] = {}
    for handles in parties.values():
        if len(handles) > 1:
            for a, b in combinations(sorted(handles), 2):
                one = _link(handles[a], handles[b])
                links[a, b] = links[a, b].with_(one) if (a, b) in links else one
    return links


def _link(a: Evidence, b: Evidence) -> Linked:
    claims = (a.proof == Proof.CLAIMED) + (b.proof == Proof.CLAIMED)
    return Linked(STRONGEST - claims, a.occurred_at, a.event_id)


def named(names: Mapping[Named, datetime]) -> dict[UUID, tuple[tuple[NameKey, ...], tuple[NameKey, ...]]]:
    """Return each handle's names by sound: those that it is known by, and all.

    It is known by what the channel said, and without that by what was typed with it first: a second name that is typed
    with the same number is no proof that it is the first one's.
    """
    said: dict[UUID, tuple[dict[NameKey, datetime], set[NameKey]]] = {}
    for (handle, name, via), at in names.items():
        if key := name_key(name):
            claimed, vouched = said.setdefault(handle, ({}, set()))
            if via:
                vouched.add(key)
            else:
                claimed[key] = min(claimed.get(key, at), at)
    return {
        h: (tuple(sorted(via or _first(claimed))), tuple(sorted(via | claimed.keys())))
        for h, (claimed, via) in said.items()
    }


def _first(claimed: Mapping[NameKey, datetime]) -> set[NameKey]:
    """Return the names typed first, and those that fit one of them."""
    earliest = min(claimed.values(), default=None)
    first = {key for key, at in claimed.items() if at == earliest}
    return {key for key in claimed if any(compatible(key, one) for one in first)}


def names_of(evidence: Iterable[Evidence]) -> dict[Named, datetime]:
    """Return the names that evidence gives to handles, each since when it was first seen."""
    names: dict[Named, datetime] = {}
    for e in evidence:
        if e.name:
            key = (e.handle_id, e.name, e.proof != Proof.CLAIMED)
            names[key] = min(names.get(key, e.occurred_at), e.occurred_at)
    return names


def firsts(evidence: Iterable[Evidence]) -> dict[UUID, Seen]:
    """Return each handle's earliest sighting in the evidence."""
    first: dict[UUID, Seen] = {}
    for e in evidence:
        seen = Seen(e.occurred_at, e.event_id, e.kind, e.scope, e.value, e.handle_id)
        first[e.handle_id] = min(first.get(e.handle_id, seen), seen)
    return first
