"""Asked about some handles alone, f says what it says of them when it is asked about all."""

import os
from typing import Any
from uuid import UUID, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledgers import HANDLES, INDEX, RULES, Said, identity, streams
from making import ORGANISATION, START
from timeline.folds.identity import Derived, Evidence, Verdict, VerdictKind, derive, evidence_of
from timeline.folds.identity.derive import sharing, stand, strangers
from timeline.folds.identity.facts import Facts
from timeline.folds.identity.verdicts import rulings

EXAMPLES = int(os.environ.get("PEYVAND_IDENTITY_EXAMPLES", "60")) * 2
VERDICTS = st.lists(st.tuples(st.sampled_from(["same", "different", "shared", "personal"]), INDEX, INDEX), max_size=4)


def _evidence(stream: list[Said]) -> list[Evidence]:
    return [e for said in stream for e in evidence_of(ORGANISATION.id, said.event())]


def _verdicts(drawn: list[tuple[str, int, int]], seen: set[UUID]) -> list[Verdict]:
    found = []
    for n, (kind, a, b) in enumerate(drawn):
        other = identity(b) if kind in ("same", "different") else None
        if a != b and {identity(a), other or identity(a)} <= seen:
            act = uuid5(ORGANISATION.id, str(n))
            found.append(Verdict(act, act, VerdictKind(kind), identity(a), other, None, "leila", START))
    return found


def _about(evidence: list[Evidence], of: set[UUID]) -> Facts:
    """Return the facts from the parties alone in which some handles are, party by party."""
    parties = {(e.event_id, e.party) for e in evidence if e.handle_id in of}
    facts = Facts()
    for party in sorted(parties):
        facts.add(e for e in evidence if (e.event_id, e.party) == party)
    return facts


def _only(derived: Derived, of: set[UUID]) -> dict[str, Any]:
    return {
        "handles": {i: s for i, s in derived.handles.items() if i in of},
        "links": {p: link for p, link in derived.links.items() if not of.isdisjoint(p)},
        "refused": {p: why for p, why in derived.refused.items() if of.issuperset(p)},
        "names": {name: at for name, at in derived.names.items() if name[0] in of},
    }


@pytest.mark.timeout(0)
@settings(max_examples=EXAMPLES, deadline=None)
@given(stream=streams(), drawn=VERDICTS, chosen=st.sets(st.integers(0, len(HANDLES)), min_size=1))
def test_whole_components_stand_alone_as_they_stand_among_all(
    stream: list[Said], drawn: list[tuple[str, int, int]], chosen: set[int]
) -> None:
    evidence = _evidence(stream)
    verdicts = _verdicts(drawn, {e.handle_id for e in evidence})
    everything, decided = derive(ORGANISATION.id, evidence, verdicts, RULES), rulings(verdicts)
    components = sorted({s.component for s in everything.handles.values()})
    some = {component for n, component in enumerate(components) if n in chosen}
    of = {i for i, s in everything.handles.items() if s.component in some}
    facts = _about(evidence, of)
    alone = stand(ORGANISATION.id, facts, sharing(facts, of, decided, RULES), decided, RULES)
    assert _only(alone, of) == _only(everything, of)


@pytest.mark.timeout(0)
@settings(max_examples=EXAMPLES, deadline=None)
@given(stream=streams(), drawn=VERDICTS, chosen=st.sets(INDEX, min_size=1))
def test_any_handles_are_shared_and_strangers_as_they_are_among_all(
    stream: list[Said], drawn: list[tuple[str, int, int]], chosen: set[int]
) -> None:
    evidence = _evidence(stream)
    seen = {e.handle_id for e in evidence}
    verdicts, of = _verdicts(drawn, seen), {identity(i) for i in chosen} & seen
    everything, facts = derive(ORGANISATION.id, evidence, verdicts, RULES), _about(evidence, of)
    assert sharing(facts, of, rulings(verdicts), RULES) == {i: everything.handles[i].shared for i in of}
    assert strangers(facts) & of == {i for i in of if everything.handles[i].stranger}
