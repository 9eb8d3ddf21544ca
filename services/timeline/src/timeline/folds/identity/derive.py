"""`customers = f(evidence, verdicts)`, whole: the store keeps it up to date in pieces, a rebuild compares with it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from peyvand.identity.rules import Rules
from timeline.folds.identity.clusters import Node
from timeline.folds.identity.evidence import (
    Evidence,
    Linked,
    Named,
    Seen,
    customer_id,
    firsts,
    links_of,
    named,
    names_of,
)
from timeline.folds.identity.names import NameKey
from timeline.folds.identity.partition import part
from timeline.folds.identity.sharing import peers_of, shared_by_itself, shared_by_others
from timeline.folds.identity.verdicts import Pair, Rulings, Verdict, rulings


@dataclass(frozen=True, slots=True)
class Standing:
    """A handle as it stands: since when, why it links nobody (None: it links), its component and its customer."""

    seen: Seen
    shared: str | None
    component: UUID
    customer: UUID


@dataclass(frozen=True, slots=True)
class Derived:
    """All that follows from the record."""

    handles: dict[UUID, Standing]
    links: dict[Pair, Linked]
    refused: dict[Pair, str]
    names: dict[Named, datetime]


def derive(organisation: UUID, evidence: Iterable[Evidence], verdicts: Iterable[Verdict], rules: Rules) -> Derived:
    """Return who is who."""
    every = list(evidence)
    seen, links, names = firsts(every), links_of(every), names_of(every)
    decided, known = rulings(verdicts), named(names)
    shared = _shared(seen, links, known, decided, rules)
    nodes = {h: Node(s, known[h][0] if h in known else (), shared[h]) for h, s in seen.items()}
    parted = part(nodes, links, decided, rules)
    handles = {
        h: Standing(s, shared[h], parted.component[h], customer_id(organisation, parted.earliest[h]))
        for h, s in seen.items()
    }
    return Derived(handles, links, parted.refused, names)


def _shared(
    seen: Mapping[UUID, Seen],
    links: Iterable[Pair],
    known: Mapping[UUID, tuple[Sequence[NameKey], Sequence[NameKey]]],
    decided: Rulings,
    rules: Rules,
) -> dict[UUID, str | None]:
    peers = peers_of(links, seen, {h: s.kind for h, s in seen.items()})
    found: dict[UUID, str | None] = {}
    for h, s in seen.items():
        own = shared_by_itself(s.kind, s.value, decided.sharing.get(h), rules)
        every = known[h][1] if h in known else ()
        found[h] = shared_by_others(s.kind, peers[h], every, rules) if own is None else own or None
    return found
