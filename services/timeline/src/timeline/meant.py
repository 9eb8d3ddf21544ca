"""What somebody means who decides: the customers, handles and interactions that he may see, found by their ids."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from timeline.acts import handles_of
from timeline.folds.identity import handle_id
from timeline.folds.identity.verdicts import Pair, Verdict, VerdictKind, rulings
from timeline.nonsense import NotThere
from timeline.people import Placed
from timeline.ports import Customer, Principal
from timeline.serving import Serving

# Of a customer's verdicts so many are looked through; who has more was decided on every day for years.
MOST_VERDICTS = 10_000


@dataclass(frozen=True, slots=True)
class Meant:
    """Finding what is meant; what is not there, or may not be seen, raises NotThere."""

    serving: Serving
    who: Principal

    async def customer(self, customer: UUID) -> Customer:
        """Return a customer of today."""
        found = await self.serving.timelines.customer(self.who, customer)
        if found is None:
            raise NotThere(f"There is no customer {customer}, or none that you may see.")
        return found

    async def handle(self, handle: UUID) -> Placed:
        """Return a handle as it stands."""
        found = (await self.serving.people.handles(self.who, [handle])).get(handle)
        if found is None:
            raise NotThere(f"There is no handle {handle}, or none that you may see.")
        return found

    async def interaction(self, interaction: UUID) -> None:
        """Return when there is such an interaction."""
        if await self.serving.timelines.interaction(self.who, interaction) is None:
            raise NotThere(f"There is no interaction {interaction}, or none that you may see.")

    async def act(self, act: UUID) -> list[Verdict]:
        """Return the verdicts of an act."""
        verdicts = list(await self.serving.people.act(self.who, act))
        if not verdicts:
            raise NotThere(f"There is no decision {act}, or none that you may see.")
        return verdicts

    async def apart(self, customer: Customer) -> frozenset[Pair]:
        """Return the pairs with a customer's handles that verdicts hold apart."""
        return rulings(await self.serving.ledger.verdicts(self.who, customer.id, MOST_VERDICTS)).different

    async def concerned(self, verdicts: Iterable[Verdict]) -> tuple[Customer, ...]:
        """Return the customers whom verdicts are about, as they stand."""
        handles: dict[UUID, None] = {}
        for verdict in verdicts:
            if verdict.kind is VerdictKind.MOVE:
                handles |= dict.fromkeys(await self._places(verdict.a))
            handles |= dict.fromkeys(handles_of(verdict))
        return tuple(await self.serving.people.owners(self.who, list(handles)))

    async def hides(self, handles: Collection[UUID]) -> bool:
        """Return whether some of the handles are known, and may not be seen."""
        everybody = Principal(self.who.name)
        known = await self.serving.people.handles(everybody, handles)
        return known.keys() != (await self.serving.people.handles(self.who, handles)).keys()

    async def _places(self, interaction: UUID) -> list[UUID]:
        """Return the handles that came with an interaction."""
        found = await self.serving.timelines.interaction(self.who, interaction)
        parties = [p for p in found.parties if not p.ours] if found else []
        return [handle_id(self.serving.organisation.id, *h.key) for p in parties for h in p.handles]
