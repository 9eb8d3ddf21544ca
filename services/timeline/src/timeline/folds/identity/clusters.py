"""Groups of handles that grow by union, each knowing what a further union must respect."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from peyvand.identity.rules import Rules
from timeline.folds.identity.evidence import Seen
from timeline.folds.identity.names import NameKey, compatible
from timeline.folds.identity.verdicts import Pair

DIFFERENT, EXCLUSIVE, CAP, NAME, LARGE = "different", "exclusive", "cap", "name", "large"


@dataclass(frozen=True, slots=True)
class Node:
    """A handle as it is clustered: its first sighting, the names it is known by, why it is shared."""

    seen: Seen
    names: tuple[NameKey, ...] = ()
    shared: str | None = None


class Roots:
    """A union-find over handles."""

    def __init__(self, handles: Iterable[UUID]) -> None:
        self._parent = {h: h for h in handles}

    def find(self, handle: UUID) -> UUID:
        """Return the handle that stands for the group of this one."""
        parent = self._parent
        while parent[handle] != handle:
            parent[handle] = parent[parent[handle]]
            handle = parent[handle]
        return handle

    def join(self, a: UUID, b: UUID) -> None:
        """Make one group of the two that stand for themselves."""
        self._parent[b] = a

    def groups(self) -> dict[UUID, list[UUID]]:
        """Return each group's handles by the one that stands for it."""
        found: dict[UUID, list[UUID]] = {}
        for handle in self._parent:
            found.setdefault(self.find(handle), []).append(handle)
        return found


class _Group:
    """What a union of this group must respect."""

    __slots__ = ("enemies", "exclusive", "kinds", "members", "names")

    def __init__(self, handle: UUID, node: Node, exclusive: bool) -> None:
        self.members = [handle]
        self.kinds = Counter([node.seen.kind])
        self.exclusive = {(node.seen.kind, node.seen.scope): {node.seen.value}} if exclusive else {}
        self.names = set(node.names)
        self.enemies: set[UUID] = set()

    def take(self, other: "_Group") -> None:
        self.members += other.members
        self.kinds += other.kinds
        for key, values in other.exclusive.items():
            self.exclusive[key] = self.exclusive.get(key, set()) | values
        self.names |= other.names
        self.enemies |= other.enemies


class Clusters:
    """The handles of one component, joined by link after link."""

    def __init__(self, nodes: Mapping[UUID, Node], different: Iterable[Pair], rules: Rules) -> None:
        self.rules = rules
        self._roots = Roots(nodes)
        self._groups = {h: _Group(h, n, n.seen.kind in rules.exclusive) for h, n in nodes.items()}
        for a, b in different:
            if a in nodes and b in nodes:
                self._groups[a].enemies.add(b)
                self._groups[b].enemies.add(a)

    def together(self, a: UUID, b: UUID) -> bool:
        """Return whether two handles are in one group."""
        return self._roots.find(a) == self._roots.find(b)

    def join(self, a: UUID, b: UUID) -> None:
        """Make one group of two handles' groups."""
        one, other = self._roots.find(a), self._roots.find(b)
        if one == other:
            return
        if len(self._groups[one].members) < len(self._groups[other].members):
            one, other = other, one
        self._roots.join(one, other)
        self._groups[one].take(self._groups.pop(other))

    def refusal(self, a: UUID, b: UUID, *, named: bool) -> str | None:
        """Return the rule that forbids joining two groups; `named` when their names have to agree."""
        one, other = self._groups[self._roots.find(a)], self._groups[self._roots.find(b)]
        if not one.enemies.isdisjoint(other.members):
            return DIFFERENT
        if any(len(v | other.exclusive[k]) > 1 for k, v in one.exclusive.items() if k in other.exclusive):
            return EXCLUSIVE
        if any(one.kinds[k] + other.kinds[k] > most for k, most in self.rules.caps.items() if other.kinds[k]):
            return CAP
        if named and one.names and other.names and not _agree(one.names, other.names):
            return NAME
        return None

    def members(self) -> Iterable[list[UUID]]:
        """Return the groups."""
        return [group.members for group in self._groups.values()]


def _agree(some: set[NameKey], others: set[NameKey]) -> bool:
    return not some.isdisjoint(others) or any(compatible(a, b) for a in some for b in others)
