"""What others do with the same evidence: an oracle, connected components, limits like Segment's."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import combinations, groupby
from uuid import UUID

from timeline.folds.identity.evidence import Evidence

PRIORITY = ("crm", "email", "phone", "telegram", "instagram")


def oracle(evidence: Iterable[Evidence], truth: Mapping[UUID, int]) -> dict[UUID, UUID]:
    """Return the components over the links that are true: no method without guessing can find more."""
    return _components(evidence, lambda a, b: a in truth and truth.get(a) == truth.get(b))


def naive(evidence: Iterable[Evidence]) -> dict[UUID, UUID]:
    """Return the components over all links."""
    return _components(evidence, lambda _a, _b: True)


def limited(parties: Iterable[list[Evidence]], most: int = 5) -> dict[UUID, UUID]:
    """Return profiles with at most five values of a kind: a union that would have more is not made.

    The handles of a party in the order of priority; what does not fit into the first one's profile is left out.
    """
    groups = _Groups()
    for party in parties:
        first, *others = sorted(party, key=lambda e: PRIORITY.index(e.kind))
        groups.add(first)
        for e in others:
            groups.add(e)
            groups.join_within(first.handle_id, e.handle_id, most)
    return groups.result()


def parties_of(evidence: Iterable[Evidence]) -> list[list[Evidence]]:
    """Return what was said party by party, in the order of the evidence."""
    return [list(party) for _, party in groupby(evidence, key=lambda e: (e.event_id, e.party))]


class _Groups:
    def __init__(self) -> None:
        self._of: dict[UUID, UUID] = {}
        self._members: dict[UUID, list[UUID]] = {}
        self._kinds: dict[UUID, Counter[str]] = {}

    def add(self, e: Evidence) -> None:
        if e.handle_id not in self._of:
            self._of[e.handle_id] = e.handle_id
            self._members[e.handle_id] = [e.handle_id]
            self._kinds[e.handle_id] = Counter([e.kind])

    def join_within(self, a: UUID, b: UUID, most: float) -> None:
        one, other = self._of[a], self._of[b]
        together = self._kinds[one] + self._kinds[other]
        if one == other or max(together.values()) > most:
            return
        if len(self._members[one]) < len(self._members[other]):
            one, other = other, one
        self._kinds[one] = together
        for member in self._members.pop(other):
            self._of[member] = one
            self._members[one].append(member)

    def result(self) -> dict[UUID, UUID]:
        return self._of


def _components(evidence: Iterable[Evidence], follows: Callable[[UUID, UUID], bool]) -> dict[UUID, UUID]:
    groups = _Groups()
    for party in parties_of(evidence):
        for e in party:
            groups.add(e)
        for a, b in combinations(party, 2):
            if follows(a.handle_id, b.handle_id):
                groups.join_within(a.handle_id, b.handle_id, float("inf"))
    return groups.result()
