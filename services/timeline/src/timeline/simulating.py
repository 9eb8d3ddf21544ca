"""What other rules would change: two derivations of the same record, or of a part of it, compared; pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Generic, TypeVar
from uuid import UUID

from timeline.folds.identity import Derived, Seen

Grouping = Mapping[UUID, UUID]  # handle -> customer
EXAMPLES = 10
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Person:
    """A customer of one of the two derivations: the names that are known, and the handles, the earliest first."""

    customer: UUID
    names: tuple[str, ...]
    handles: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class Regrouped:
    """Customers who share handles, as they are and as they would be."""

    before: tuple[Person, ...]
    after: tuple[Person, ...]

    @property
    def size(self) -> int:
        """Return how many handles are concerned."""
        return sum(len(person.handles) for person in self.before)


@dataclass(frozen=True, slots=True)
class Resharing:
    """A handle that would link nobody any more, or would begin to link; each side says why it is shared."""

    handle: Seen
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Several(Generic[T]):
    """How many there are of something, and the first of them."""

    count: int
    examples: tuple[T, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What would be otherwise, with examples, the largest first.

    `merged`: several become one. `split`: one becomes several. `mixed`: several become several others.
    """

    customers_before: int
    customers_after: int
    merged: Several[Regrouped]
    split: Several[Regrouped]
    mixed: Several[Regrouped]
    resharings: Several[Resharing]

    @property
    def none(self) -> bool:
        """Return whether everything would stay as it is."""
        return not any(kind.count for kind in (self.merged, self.split, self.mixed, self.resharings))


NOTHING = Difference(0, 0, Several(0, ()), Several(0, ()), Several(0, ()), Several(0, ()))


def difference(before: Derived, after: Derived) -> Difference:
    """Return what sets two derivations of the same handles apart, which in both are whole components."""
    old = {h: standing.customer for h, standing in before.handles.items()}
    new = {h: standing.customer for h, standing in after.handles.items()}
    moved = list(_moved(old, new))
    names = _names(before, {h for handles in moved for h in handles})
    touched = [Regrouped(_people(hs, before, names), _people(hs, after, names)) for hs in moved]
    return Difference(
        len(set(old.values())),
        len(set(new.values())),
        _largest([r for r in touched if len(r.after) == 1]),
        _largest([r for r in touched if len(r.before) == 1]),
        _largest([r for r in touched if len(r.before) > 1 and len(r.after) > 1]),
        _first(list(_resharings(before, after))),
    )


def together(differences: Iterable[Difference]) -> Difference:
    """Return what sets whole records apart, from what sets their parts apart."""
    return reduce(_both, differences, NOTHING)


def _both(a: Difference, b: Difference) -> Difference:
    return Difference(
        a.customers_before + b.customers_before,
        a.customers_after + b.customers_after,
        _largest(a.merged.examples + b.merged.examples, a.merged.count + b.merged.count),
        _largest(a.split.examples + b.split.examples, a.split.count + b.split.count),
        _largest(a.mixed.examples + b.mixed.examples, a.mixed.count + b.mixed.count),
        _first(a.resharings.examples + b.resharings.examples, a.resharings.count + b.resharings.count),
    )


def _largest(found: Sequence[Regrouped], count: int | None = None) -> Several[Regrouped]:
    ordered = sorted(found, key=lambda r: (-r.size, r.before[0].customer))
    return Several(len(found) if count is None else count, tuple(ordered[:EXAMPLES]))


def _first(found: Sequence[Resharing], count: int | None = None) -> Several[Resharing]:
    ordered = sorted(found, key=lambda r: r.handle)
    return Several(len(found) if count is None else count, tuple(ordered[:EXAMPLES]))


def _moved(old: Grouping, new: Grouping) -> Iterable[Sequence[UUID]]:
    """Return the handles of customers that are not the same set of handles before and after, together if they mix."""
    before, after = _members(old), _members(new)
    left = {customer for customer, handles in before.items() if handles != after[new[min(handles)]]}
    while left:
        waiting, together = {left.pop()}, set[UUID]()
        while waiting:
            handles = before[waiting.pop()]
            together |= handles
            beside = left & {old[h] for customer in {new[h] for h in handles} for h in after[customer]}
            waiting |= beside
            left -= beside
        yield sorted(together)


def _members(grouping: Grouping) -> dict[UUID, set[UUID]]:
    members: dict[UUID, set[UUID]] = {}
    for handle, customer in grouping.items():
        members.setdefault(customer, set()).add(handle)
    return members


def _people(handles: Sequence[UUID], derived: Derived, names: Mapping[UUID, Sequence[str]]) -> tuple[Person, ...]:
    members = _members({h: derived.handles[h].customer for h in handles})
    people = []
    for customer, theirs in members.items():
        seen = sorted(derived.handles[h].seen for h in theirs)
        called = dict.fromkeys(name for s in seen for name in names.get(s.id, ()))
        people.append(Person(customer, tuple(called), tuple(seen)))
    return tuple(sorted(people, key=lambda p: p.handles[0]))


def _names(derived: Derived, handles: Collection[UUID]) -> dict[UUID, list[str]]:
    """Return the names of each handle, those that a channel vouches for first."""
    names: dict[UUID, list[str]] = {}
    for handle, name, _via in sorted(derived.names, key=lambda n: (not n[2], n[1])):
        if handle in handles:
            names.setdefault(handle, []).append(name)
    return names


def _resharings(before: Derived, after: Derived) -> Iterable[Resharing]:
    return (
        Resharing(standing.seen, standing.shared, after.handles[h].shared)
        for h, standing in before.handles.items()
        if (standing.shared is None) != (after.handles[h].shared is None)
    )
