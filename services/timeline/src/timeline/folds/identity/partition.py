"""Which handles are one customer: constrained Kruskal over links, in an order made of content only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from peyvand.identity.rules import Rules
from timeline.folds.identity.clusters import LARGE, Clusters, Node, Roots
from timeline.folds.identity.evidence import STRONGEST, Linked, Seen
from timeline.folds.identity.verdicts import Pair, Rulings


@dataclass(frozen=True, slots=True)
class Parted:
    """Handles parted into components and customers: each handle's component, and its customer's earliest handle.

    A component is all that links could join, and is named by the smallest id in it. `refused` are the links that were
    not followed and whose ends stand apart, with the rule that refused them.
    """

    component: dict[UUID, UUID]
    earliest: dict[UUID, Seen]
    refused: dict[Pair, str]


def part(nodes: Mapping[UUID, Node], links: Mapping[Pair, Linked], rulings: Rulings, rules: Rules) -> Parted:
    """Return who is who among handles; links and verdicts about others are passed over."""
    open_ = {p: found for p, found in links.items() if all(h in nodes and nodes[h].shared is None for h in p)}
    same = [p for p in rulings.same if p[0] in nodes and p[1] in nodes]
    parted = Parted({}, {}, {})
    inside = _by_component(nodes, open_, same)
    for component, (members, pairs) in inside.items():
        parted.component.update(dict.fromkeys(members, component))
        if len(members) == 1:
            parted.earliest[members[0]] = nodes[members[0]].seen
            continue
        clusters = _clustered(
            {h: nodes[h] for h in members}, {p: open_[p] for p in pairs if p in open_}, rulings, rules
        )
        for group in clusters[0].members():
            parted.earliest.update(dict.fromkeys(group, min(nodes[h].seen for h in group)))
        parted.refused.update(clusters[1])
    return parted


def _by_component(
    nodes: Mapping[UUID, Node], links: Iterable[Pair], same: Iterable[Pair]
) -> dict[UUID, tuple[list[UUID], set[Pair]]]:
    roots = Roots(nodes)
    pairs = {*links, *same}
    for a, b in pairs:
        one, other = roots.find(a), roots.find(b)
        if one != other:
            roots.join(one, other)
    named = {root: min(members) for root, members in roots.groups().items()}
    found: dict[UUID, tuple[list[UUID], set[Pair]]] = {
        named[root]: (members, set()) for root, members in roots.groups().items()
    }
    for p in pairs:
        found[named[roots.find(p[0])]][1].add(p)
    return found


def _clustered(
    nodes: Mapping[UUID, Node], links: Mapping[Pair, Linked], rulings: Rulings, rules: Rules
) -> tuple[Clusters, dict[Pair, str]]:
    """Join what people said is the same, then what links say, the strongest and oldest first."""
    clusters = Clusters(nodes, rulings.different, rules)
    for a, b in rulings.same:
        if a in nodes and b in nodes:
            clusters.join(a, b)
    refused: dict[Pair, str] = {}
    for (a, b), link in sorted(links.items(), key=lambda item: _order(item[0], item[1], nodes)):
        if clusters.together(a, b):
            continue
        weak = link.strength < STRONGEST
        # only a chain of shares that are legal one by one grows so large: what is merely claimed is not followed there
        why = LARGE if weak and len(nodes) > rules.most_handles else None
        why = why or clusters.refusal(a, b, named=weak and rules.names_must_agree)
        if why:
            refused[a, b] = why
        else:
            clusters.join(a, b)
    return clusters, {p: why for p, why in refused.items() if not clusters.together(*p)}


def _order(pair: Pair, link: Linked, nodes: Mapping[UUID, Node]) -> tuple[Any, ...]:
    a, b = (nodes[h].seen for h in pair)
    keys = sorted([(a.kind, a.scope, a.value), (b.kind, b.scope, b.value)])
    return (-link.strength, link.first_at, link.first_event, *keys)
