"""Parting the touched neighbourhoods into customers again, and writing what differs."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

import structlog

from peyvand.identity.rules import Rules
from timeline.folds.identity.clusters import Node
from timeline.folds.identity.partition import Parted, part
from timeline.folds.identity.verdicts import Rulings
from timeline.store.causes import causes_of
from timeline.store.naming import names_by_sound
from timeline.store.neighbourhood import Known, KnownLink, Links, Neighbourhood
from timeline.store.touched import Touched
from timeline.store.written import Cause, Moved, Written

log = structlog.get_logger("timeline.store")


def regroup(near: Neighbourhood, written: Written, rules: Rules, touched: Touched, cause: Cause) -> int:
    """Part the components of all dirty handles again; return how many handles passed to another customer."""
    members = _members(near, touched)
    rulings = near.rulings(members)
    links = _links(near, members, touched)
    parted = part(
        _nodes(near, members, rulings, touched), {p: link.linked for p, link in links.items()}, rulings, rules
    )
    largest = max(Counter(parted.component.values()).values(), default=0)
    if largest > rules.most_handles:
        log.warning("many handles hang together", handles=largest)
    changed = {
        p: KnownLink(k.linked, parted.refused.get(p)) for p, k in links.items() if _differs(p, k, parted, touched)
    }
    written.link(changed)
    return _write_handles(written, members, parted, touched, cause)


def _members(near: Neighbourhood, touched: Touched) -> dict[UUID, Known]:
    """Return all that was, or will be, joined to a dirty handle: as it becomes."""
    beside = near.handles(touched.dirty - touched.handles.keys())
    dirty = {i: touched.handles[i] for i in touched.dirty if i in touched.handles} | beside
    stored = near.components({k.component for k in dirty.values() if k.component is not None})
    touched.stored = stored | touched.stored
    return dirty | {i: touched.handles.get(i, known) for i, known in stored.items()}


def _links(near: Neighbourhood, members: Mapping[UUID, Known], touched: Touched) -> Links:
    """Return the links among members; those that only a shared handle has are not followed, and may be many."""
    stored = near.links_of([i for i, k in members.items() if k.shared is None and k.customer is not None])
    return {p: k for p, k in (stored | touched.links).items() if p[0] in members and p[1] in members}


def _nodes(near: Neighbourhood, members: Mapping[UUID, Known], rulings: Rulings, touched: Touched) -> dict[UUID, Node]:
    joined = {i for pair in rulings.same for i in pair}
    names = names_by_sound(near, [i for i, k in members.items() if k.shared is None or i in joined], touched)
    return {i: Node(k.seen, names[i][0] if i in names else (), k.shared) for i, k in members.items()}


def _differs(pair: tuple[UUID, UUID], link: KnownLink, parted: Parted, touched: Touched) -> bool:
    return pair in touched.links or parted.refused.get(pair) != link.refused


def _write_handles(
    written: Written, members: Mapping[UUID, Known], parted: Parted, touched: Touched, cause: Cause
) -> int:
    now = {
        i: replace(known, component=parted.component[i], customer=written.customer(parted.earliest[i]))
        for i, known in members.items()
    }
    before = {i: touched.stored[i] for i in now if i in touched.stored}
    written.add(k for i, k in now.items() if i not in before)
    written.change(k for i, k in now.items() if i in before and before[i] != k)
    moved = [
        Moved(i, old.customer, new.customer)
        for i, old in before.items()
        if (new := now[i]).customer and old.customer and new.customer != old.customer
    ]
    written.log(moved, cause, causes_of(moved, before, now, touched) if moved else {})
    return len(moved)
