"""What other rules would change: two derivations of the same record, compared; pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from timeline.folds.identity import Derived, Seen

Grouping = Mapping[UUID, UUID]  # handle -> customer


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
class Difference:
    """What would be otherwise, each list with the largest first.

    `merged`: several become one. `split`: one becomes several. `mixed`: several become several others.
    """

    customers_before: int
    customers_after: int
    merged: tuple[Regrouped, ...]
    split: tuple[Regrouped, ...]
    mixed: tuple[Regrouped, ...]
    resharings: tuple[Resharing, ...]

    @property
    def none(self) -> bool:
        """Return whether everything would stay as it is."""
        return not (self.merged or self.split or self.mixed or self.resharings)


def difference(before: Derived, after: Derived) -> Difference:
    """Return what sets two derivations of one record apart."""
    old = {h: standing.customer for h, standing in before.handles.items()}
    new = {h: standing.customer for h, standing in after.handles.items()}
    moved = list(_moved(old, new))
    names = _names(before, {h for handles in moved for h in handles})
    touched = [Regrouped(_people(hs, before, names), _people(hs, after, names)) for hs in moved]
    ordered = sorted(touched, key=lambda r: (-r.size, r.before[0].customer))
    return Difference(
        len(set(old.values())),
        len(set(new.values())),
        tuple(r for r in ordered if len(r.after) == 1),
        tuple(r for r in ordered if len(r.before) == 1),
        tuple(r for r in ordered if len(r.before) > 1 and len(r.after) > 1),
        _resharings(before, after),
    )


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


def _resharings(before: Derived, after: Derived) -> tuple[Resharing, ...]:
    changed = (
        Resharing(standing.seen, standing.shared, after.handles[h].shared)
        for h, standing in before.handles.items()
        if (standing.shared is None) != (after.handles[h].shared is None)
    )
    return tuple(sorted(changed, key=lambda r: r.handle))
