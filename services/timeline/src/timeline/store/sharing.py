"""Which of the touched handles link at all, by the rules on a handle's own neighbourhood."""

from collections.abc import Collection, Mapping
from uuid import UUID

from peyvand.identity.rules import Rules
from timeline.folds.identity.sharing import NAMES, SETTLED, peers_of, shared_by_itself, shared_by_others
from timeline.folds.identity.verdicts import Rulings
from timeline.store.naming import names_by_sound
from timeline.store.neighbourhood import Known, Neighbourhood
from timeline.store.touched import Touched


def share(near: Neighbourhood, rules: Rules, touched: Touched) -> None:
    """Let dirty handles become shared, or personal; peers of one that links from now on become dirty, too."""
    decided = near.rulings(touched.dirty)
    # somebody may have decided on a handle that was not there then
    touched.dirty.update(i for pair in decided.same for i in pair)
    looked = {i: k for i, k in touched.handles.items() if i in touched.dirty}
    becoming = {i: _by_itself(i, k, decided, rules, touched) for i, k in looked.items()}
    asked = {i: looked[i] for i, why in becoming.items() if why is None}
    becoming |= _by_others(near, rules, asked, touched)
    opened = [i for i, why in becoming.items() if looked[i].shared and not why]
    touched.dirty.update(i for pair in near.links_of(opened) for i in pair)
    for i, why in becoming.items():
        touched.change(i, shared=why or None)


def _by_itself(i: UUID, known: Known, decided: Rulings, rules: Rules, touched: Touched) -> str | None:
    """Return why a handle is shared without a look at its peers; "" when it links by decision, None when it depends."""
    own = shared_by_itself(known.seen.kind, known.seen.value, decided.sharing.get(i), rules)
    # a switchboard is not counted anew for each caller
    return known.shared if own is None and known.shared in SETTLED and i not in touched.undone else own


def _by_others(
    near: Neighbourhood, rules: Rules, asked: Mapping[UUID, Known], touched: Touched
) -> dict[UUID, str | None]:
    links = {*near.links_of([i for i, k in asked.items() if k.customer is not None]), *touched.links}
    kinds = _kinds(near, {i for pair in links for i in pair}, touched)
    peers = peers_of(links, asked, kinds)
    # three who are strangers stay strangers, however many come after them
    kept = {i for i, k in asked.items() if k.shared == NAMES and i not in touched.undone}
    names = names_by_sound(near, [i for i in asked if i not in kept], touched)
    found: dict[UUID, str | None] = {}
    for i, known in asked.items():
        every = names[i][1] if i in names else ()
        found[i] = shared_by_others(known.seen.kind, peers[i], every, rules) or (NAMES if i in kept else None)
    return found


def _kinds(near: Neighbourhood, ids: Collection[UUID], touched: Touched) -> dict[UUID, str]:
    beside = near.handles(set(ids) - touched.handles.keys())
    return {i: k.seen.kind for i, k in (beside | touched.handles).items()}
