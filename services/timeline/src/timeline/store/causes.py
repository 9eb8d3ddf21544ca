"""Through which event, card or act each handle passed from a customer to another, of all that a batch brought."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from timeline.folds.identity.evidence import links_of
from timeline.store.neighbourhood import Known
from timeline.store.touched import Touched
from timeline.store.written import Moved

Customers = Mapping[UUID, UUID | None]
_ALWAYS = datetime(1, 1, 1, tzinfo=UTC)  # acts stand before all evidence


@dataclass(frozen=True, slots=True)
class _Thing:
    """What a batch brought about one or two handles: who had them and who has them now, and what brought it when."""

    before: tuple[UUID | None, ...]
    after: tuple[UUID | None, ...]
    at: datetime
    by: UUID


def causes_of(
    moved: Sequence[Moved], before: Mapping[UUID, Known], now: Mapping[UUID, Known], touched: Touched
) -> dict[UUID, UUID]:
    """Return for handles what brought them to another customer, where the batch tells it."""
    old, new = ({i: k.customer for i, k in every.items()} for every in (before, now))
    links = [thing for thing in _links(touched, old, new) if len(set(thing.before)) > 1 and len(set(thing.after)) == 1]
    handles = list(_handles(touched, old, new))
    found = {}
    for m in moved:
        by = touched.decided.get(m.handle_id) or _best(m, links, every=True) or _best(m, handles, every=False)
        if by is not None:
            found[m.handle_id] = by
    return found


def _links(touched: Touched, old: Customers, new: Customers) -> Iterable[_Thing]:
    """Yield the links that are new, or stronger or older than was known."""
    for pair, link in links_of(touched.evidence).items():
        if pair in touched.links:
            before, after = (tuple(who.get(i) for i in pair) for who in (old, new))
            yield _Thing(before, after, link.first_at, link.first_event)


def _handles(touched: Touched, old: Customers, new: Customers) -> Iterable[_Thing]:
    """Yield what was said, or decided, of handles whose neighbourhood was looked at again."""
    for i, act in touched.decided.items():
        yield _Thing((old.get(i),), (new.get(i),), _ALWAYS, act)
    for e in touched.evidence:
        if e.handle_id in touched.dirty:
            yield _Thing((old.get(e.handle_id),), (new.get(e.handle_id),), e.occurred_at, e.event_id)


def _best(moved: Moved, things: Iterable[_Thing], *, every: bool) -> UUID | None:
    """Return what brought the thing that is nearest to a move: a link between the two customers before others; the
    first of several."""

    def key(thing: _Thing) -> tuple[Any, ...]:
        there = (moved.old_customer in thing.before, moved.new_customer in thing.before)
        return (not all(there), not there[0], thing.at, thing.by)

    near = [
        thing
        for thing in things
        if moved.new_customer in thing.after or (not every and moved.old_customer in thing.before)
    ]
    return min(near, key=key).by if near else None
