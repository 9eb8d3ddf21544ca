"""Comparing whose handles are with what follows from handles, links, names and verdicts, and putting it right."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlalchemy import Connection, select

from peyvand.identity.rules import Rules
from timeline.folds.identity.derive import Derived, stand
from timeline.folds.identity.facts import Facts
from timeline.store.neighbourhood import Known, KnownLink, Links, Neighbourhood
from timeline.store.statements import among, table
from timeline.store.tables import HandleRow
from timeline.store.written import Cause, Moved, Written

HANDLE = table(HandleRow).c
MOST_MATES = 2_000
REBUILD = Cause("rebuild")


@dataclass(slots=True)
class Whole:
    """The handles of whole components as they are stored, and the links of those that are not shared."""

    near: Neighbourhood
    members: dict[UUID, Known] = field(default_factory=dict)
    links: Links = field(default_factory=dict)

    def take(self, handles: Iterable[UUID]) -> None:
        """Take in handles, and all that open links and verdicts join to them."""
        coming = set(handles)
        while coming:
            new = self.near.handles(coming)
            self.members |= new
            found = self.near.links_of([i for i, known in new.items() if known.shared is None])
            self.links |= found
            said = self.near.handles({i for p in self.near.rulings(new).same for i in p} - self.members.keys())
            beside = self.near.handles({i for p in found for i in p} - self.members.keys())
            coming = said.keys() | {i for i, known in beside.items() if known.shared is None}

    def derived(self, organisation: UUID, rules: Rules) -> Derived:
        """Return who is who among them."""
        facts = Facts(
            {i: known.seen for i, known in self.members.items()},
            {p: link.linked for p, link in self.links.items()},
            self.near.names_of(self.members),
        )
        shared = {i: known.shared for i, known in self.members.items()}
        return stand(organisation, facts, shared, self.near.rulings(self.members), rules)


def mates(connection: Connection, ids: Collection[UUID]) -> set[UUID]:
    """Return handles and those that are said to be in their components, few of them: a hint, to save questions."""
    named = select(HANDLE.component).where(among(connection.dialect.name, HANDLE.id))
    theirs = select(HANDLE.id).where(HANDLE.component.in_(named)).limit(MOST_MATES)
    return {*ids, *connection.execute(theirs, {"ids": list(ids)}).scalars()}


def mend_customers(
    connection: Connection, organisation: UUID, rules: Rules, handles: Collection[UUID]
) -> tuple[Collection[UUID], int]:
    """Let handles and all of their components be whose they are; return those, and how many rows were wrong.

    The caller holds the lock on identity. Who passes to another customer is logged, and told to open pages.
    """
    whole = Whole(Neighbourhood(connection))
    whole.take(mates(connection, handles))
    derived, written = whole.derived(organisation, rules), Written(connection, organisation)
    links = {p: KnownLink(k.linked, derived.refused.get(p)) for p, k in whole.links.items()}
    changed = {p: link for p, link in links.items() if link != whole.links[p]}
    written.link(changed)
    now = {
        i: replace(k, component=derived.handles[i].component, customer=derived.handles[i].customer)
        for i, k in whole.members.items()
    }
    wrong = [k for i, k in now.items() if k != whole.members[i]]
    written.change(wrong)
    written.log(_moved(whole.members, wrong), REBUILD)
    return now, len(changed) + len(wrong)


def _moved(before: dict[UUID, Known], wrong: Iterable[Known]) -> list[Moved]:
    return [
        Moved(k.seen.id, old, k.customer)
        for k in wrong
        if k.customer and (old := before[k.seen.id].customer) and old != k.customer
    ]
