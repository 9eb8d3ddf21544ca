"""What other rules would make of what is stored, looked through in parts that either rules leave whole."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Connection

from peyvand.identity.rules import Rules
from timeline.folds.identity.derive import Derived, sharing, stand
from timeline.folds.identity.facts import Facts
from timeline.simulating import Difference, difference, together
from timeline.store.connections import take_time
from timeline.store.database import Database
from timeline.store.neighbourhood import Links, Neighbourhood
from timeline.store.statements import table
from timeline.store.tables import HandleRow
from timeline.store.visited import AT_A_TIME, Visited

HANDLE = table(HandleRow).c


async def simulated(
    database: Database, organisation: UUID, today: Rules, wanted: Rules, at_a_time: int = AT_A_TIME
) -> Difference:
    """Return the difference that other rules would make, on one snapshot. Raises Unavailable."""

    def work(connection: Connection) -> Difference:
        take_time(connection)
        parts = _parts(connection, (today, wanted), Visited(at_a_time))
        return together(difference(*part.derived(organisation)) for part in parts)

    return await database.read(work)


def _parts(connection: Connection, rules: Sequence[Rules], visited: Visited) -> Iterator["_Part"]:
    while (coming := visited.coming(connection, HANDLE.id)) is not None:
        part = _Part(Neighbourhood(connection), tuple((each, {}) for each in rules), visited)
        part.take(coming)
        visited.add(part.members)
        yield part


@dataclass(slots=True)
class _Part:
    """Handles that are whole components under each of some rules: who is shared under which, and what is known."""

    near: Neighbourhood
    shared: tuple[tuple[Rules, dict[UUID, str | None]], ...]
    visited: Visited
    facts: Facts = field(default_factory=Facts)
    members: set[UUID] = field(default_factory=set)

    def take(self, handles: Iterable[UUID]) -> None:
        """Take in handles and all that links, open under any of the rules, and verdicts join to them."""
        coming = set(handles)
        while coming:
            links = self._learn(coming)
            said = {i for p in self.near.rulings(coming).same for i in p}
            linked = {other for p in links for i, other in (p, p[::-1]) if i in coming and self._links(i)}
            # what was visited and is joined to these would have taken them in
            coming = {i for i in linked | said if i not in self.members and i not in self.visited}

    def derived(self, organisation: UUID) -> list[Derived]:
        """Return who is who among them under each of the rules."""
        decided = self.near.rulings(self.members)
        return [stand(organisation, self.facts, shared, decided, rules) for rules, shared in self.shared]

    def _learn(self, coming: set[UUID]) -> Links:
        """Load handles and what decides whether they are shared; return their links."""
        known, links = self.near.handles(coming), self.near.links_of(coming)
        beside = self.near.handles({i for p in links for i in p} - self.facts.seen.keys())
        self.facts.seen.update((i, k.seen) for i, k in (beside | known).items())
        self.facts.links.update((p, link.linked) for p, link in links.items())
        self.facts.names.update(self.near.names_of(known))
        decided = self.near.rulings(known)
        for rules, shared in self.shared:
            shared |= sharing(self.facts, known, decided, rules)
        self.members |= coming
        return links

    def _links(self, handle: UUID) -> bool:
        return any(shared.get(handle, "") is None for _, shared in self.shared)
