"""`customers = f(evidence, verdicts)`: whole in `derive`, which is made of what a rebuild asks about a few handles.

Whether a handle is shared follows from the facts about itself; who is one customer from the facts about the handles of
one component. So either may be asked about some handles alone, and comes out as it does for all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from peyvand.identity.rules import Rules
from timeline.folds.identity.clusters import Node
from timeline.folds.identity.evidence import NUMBERS, Evidence, Linked, Named, Seen, customer_id, named
from timeline.folds.identity.facts import Facts
from timeline.folds.identity.partition import part
from timeline.folds.identity.sharing import peers_of, shared_by_itself, shared_by_others
from timeline.folds.identity.verdicts import Pair, Rulings, Verdict, rulings


@dataclass(frozen=True, slots=True)
class Standing:
    """A handle as it stands: since when, why it links nobody (None: it links), its component and its customer.

    A `stranger` is a number under which no name was seen.
    """

    seen: Seen
    shared: str | None
    component: UUID
    customer: UUID
    stranger: bool = False


@dataclass(frozen=True, slots=True)
class Derived:
    """All that follows from the record."""

    handles: dict[UUID, Standing]
    links: dict[Pair, Linked]
    refused: dict[Pair, str]
    names: dict[Named, datetime]


def derive(organisation: UUID, evidence: Iterable[Evidence], verdicts: Iterable[Verdict], rules: Rules) -> Derived:
    """Return who is who."""
    facts, decided = Facts(), rulings(verdicts)
    facts.add(evidence)
    return stand(organisation, facts, sharing(facts, facts.seen, decided, rules), decided, rules)


def sharing(facts: Facts, of: Iterable[UUID], decided: Rulings, rules: Rules) -> dict[UUID, str | None]:
    """Return of handles that were seen, and of which all facts are there, why they link nobody; None: they link."""
    asked = {h: facts.seen[h] for h in of}
    known = named({name: at for name, at in facts.names.items() if name[0] in asked})
    peers = peers_of(facts.links, asked, {h: s.kind for h, s in facts.seen.items()})
    found: dict[UUID, str | None] = {}
    for h, s in asked.items():
        own = shared_by_itself(s.kind, s.value, decided.sharing.get(h), rules)
        every = known[h][1] if h in known else ()
        found[h] = shared_by_others(s.kind, peers[h], every, rules) if own is None else own or None
    return found


def strangers(facts: Facts) -> set[UUID]:
    """Return the numbers under which no name was seen."""
    return {h for h, s in facts.seen.items() if s.kind in NUMBERS} - {h for h, _, _ in facts.names}


def stand(
    organisation: UUID, facts: Facts, shared: Mapping[UUID, str | None], decided: Rulings, rules: Rules
) -> Derived:
    """Return who is who among the handles of whole components, of which it is known why they are shared."""
    known, nobody = named(facts.names), strangers(facts)
    nodes = {h: Node(facts.seen[h], known[h][0] if h in known else (), why) for h, why in shared.items()}
    parted = part(nodes, facts.links, decided, rules)
    handles = {
        h: Standing(
            node.seen,
            node.shared,
            parted.component[h],
            customer_id(organisation, parted.earliest[h]),
            h in nobody,
        )
        for h, node in nodes.items()
    }
    return Derived(handles, facts.links, parted.refused, facts.names)
