"""Where people decide: what is meant is found, decided once, and told as it stands afterwards."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from peyvand.errors import PeyvandError
from peyvand.identity import Handle
from timeline import deciding
from timeline.deciding import Act, Nonsense, Reason, Undecidable
from timeline.folds.identity import handle_id
from timeline.folds.identity.verdicts import Pair, Verdict, VerdictKind, rulings
from timeline.ledger import Card
from timeline.people import BY_HAND, Placed
from timeline.ports import Customer, Principal
from timeline.serving import Serving

# Of a customer's verdicts so many are looked through; who has more was decided on every day for years.
MOST_VERDICTS = 10_000

Work = Callable[[Act], Awaitable[Sequence[Verdict]]]


class NotThere(PeyvandError):
    """There is no such customer, handle, interaction or decision, or none that may be seen."""


@dataclass(frozen=True, slots=True)
class Decided:
    """An act, and the customers whom it is about as they stand after it."""

    act: UUID
    customers: tuple[Customer, ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """Deciding on behalf of somebody, about what he may see; a repeat under the same `key` is decided once."""

    serving: Serving
    who: Principal
    key: str
    why: str | None = None

    async def merge(self, customer: UUID, other: UUID) -> Decided:
        """Decide that two customers are one."""

        async def work(act: Act) -> Sequence[Verdict]:
            one, two = await self._customer(customer), await self._customer(other)
            return deciding.merge(act, one, two, await self._apart(one))

        return await self._once(f"merge {customer} {other}", work)

    async def split(self, customer: UUID, moved: Collection[UUID]) -> Decided:
        """Decide that some handles of a customer are somebody else's."""

        async def work(act: Act) -> Sequence[Verdict]:
            return deciding.split(act, await self._customer(customer), moved)

        return await self._once(f"split {customer} {sorted(set(moved))}", work)

    async def different(self, customer: UUID, other: UUID) -> Decided:
        """Decide that two customers are two."""

        async def work(act: Act) -> Sequence[Verdict]:
            return deciding.different(act, await self._customer(customer), await self._customer(other))

        return await self._once(f"different {customer} {other}", work)

    async def rename(self, customer: UUID, name: str) -> Decided:
        """Decide what a customer is called."""

        async def work(act: Act) -> Sequence[Verdict]:
            return deciding.rename(act, (await self._customer(customer)).handles[0].id, name)

        return await self._once(f"name {customer} {name}", work)

    async def tag(self, customer: UUID, word: str) -> Decided:
        """Put a word to a customer."""

        async def work(act: Act) -> Sequence[Verdict]:
            return deciding.tag(act, await self._customer(customer), word)

        return await self._once(f"tag {customer} {word}", work)

    async def not_a_customer(self, customer: UUID, reason: Reason) -> Decided:
        """Decide that somebody is no customer."""

        async def work(act: Act) -> Sequence[Verdict]:
            return deciding.not_a_customer(act, await self._customer(customer), reason)

        return await self._once(f"not a customer {customer} {reason}", work)

    async def create(self, name: str, handles: Sequence[Handle]) -> Decided:
        """Write a customer down by hand; known handles bring their customers with them."""

        async def work(act: Act) -> Sequence[Verdict]:
            if self.who.connectors is not None:  # no connector of theirs brought a card: they could not take it back
                raise Undecidable("name", Nonsense.UNSEEN)
            ids = [handle_id(self.serving.organisation.id, *h.key) for h in handles]
            named = deciding.rename(act, ids[0], name)
            card = Card(BY_HAND, str(act.id), named[0].value, tuple(handles), act.at)
            await self.serving.ledger.introduce([card])
            return named

        return await self._once(f"create {name} {[h.key for h in handles]}", work)

    async def shared(self, handle: UUID) -> Decided:
        """Decide that many use a handle."""

        async def work(act: Act) -> Sequence[Verdict]:
            return deciding.shared(act, (await self._handle(handle)).handle.id)

        return await self._once(f"shared {handle}", work)

    async def personal(self, handle: UUID) -> Decided:
        """Decide that a handle is one person's."""

        async def work(act: Act) -> Sequence[Verdict]:
            return deciding.personal(act, (await self._handle(handle)).handle.id)

        return await self._once(f"personal {handle}", work)

    async def move(self, interaction: UUID, handle: UUID) -> Decided:
        """Decide that an interaction is of whoever has a handle."""

        async def work(act: Act) -> Sequence[Verdict]:
            if await self.serving.timelines.interaction(self.who, interaction) is None:
                raise NotThere(f"There is no interaction {interaction}, or none that you may see.")
            return deciding.move(act, interaction, (await self._handle(handle)).handle.id)

        return await self._once(f"move {interaction} {handle}", work)

    async def confirm(self, a: UUID, b: UUID) -> Decided:
        """Decide that two handles that were suggested are one person's."""

        async def work(act: Act) -> Sequence[Verdict]:
            one, two = [await self._customer((await self._handle(h)).customer) for h in (a, b)]
            return deciding.confirm(act, (a, b), (one, two), await self._apart(one))

        return await self._once(f"confirm {a} {b}", work)

    async def dismiss(self, a: UUID, b: UUID) -> Decided:
        """Decide that two handles need not be suggested again."""

        async def work(act: Act) -> Sequence[Verdict]:
            return deciding.dismiss(act, ((await self._handle(a)).handle.id, (await self._handle(b)).handle.id))

        return await self._once(f"dismiss {a} {b}", work)

    async def revoke(self, act: UUID) -> Decided:
        """Take an act back, whenever it was; of a customer written down by hand the card goes too."""
        verdicts = await self.serving.people.act(self.who, act)
        if not verdicts:
            raise NotThere(f"There is no decision {act}, or none that you may see.")
        now = self.serving.now()
        await self.serving.ledger.revoke(act, self.who.name, now)
        if await self.serving.people.introduced(str(act)):
            await self.serving.ledger.introduce([Card(BY_HAND, str(act), None, (), now)])
        return await self._stands(act, verdicts)

    async def _once(self, asked: str, work: Work) -> Decided:
        act = Act(deciding.act_id(self.who.name, self.key, asked), self.who.name, self.serving.now(), self.why)
        verdicts = await self.serving.people.act(self.who, act.id)
        if not verdicts:
            verdicts = await self._decided(act, work)
        return await self._stands(act.id, verdicts)

    async def _decided(self, act: Act, work: Work) -> Sequence[Verdict]:
        try:
            verdicts = await work(act)
        except Undecidable:
            # the same was asked twice at once, and the other was quicker: then it makes no sense any more
            if there := await self.serving.people.act(self.who, act.id):
                return there
            raise
        await self.serving.ledger.decide(verdicts)
        return verdicts

    async def _stands(self, act: UUID, verdicts: Iterable[Verdict]) -> Decided:
        handles: dict[UUID, None] = {}
        for verdict in verdicts:
            if verdict.kind is VerdictKind.MOVE:
                handles |= dict.fromkeys(await self._places(verdict.a))
            handles |= dict.fromkeys(deciding.handles_of(verdict))
        return Decided(act, tuple(await self.serving.people.owners(self.who, list(handles))))

    async def _places(self, interaction: UUID) -> list[UUID]:
        """Return the handles that came with an interaction."""
        found = await self.serving.timelines.interaction(self.who, interaction)
        parties = [p for p in found.parties if not p.ours] if found else []
        return [handle_id(self.serving.organisation.id, *h.key) for p in parties for h in p.handles]

    async def _apart(self, customer: Customer) -> frozenset[Pair]:
        """Return the pairs with a customer's handles that verdicts hold apart."""
        return rulings(await self.serving.ledger.verdicts(self.who, customer.id, MOST_VERDICTS)).different

    async def _customer(self, customer: UUID) -> Customer:
        found = await self.serving.timelines.customer(self.who, customer)
        if found is None:
            raise NotThere(f"There is no customer {customer}, or none that you may see.")
        return found

    async def _handle(self, handle: UUID) -> Placed:
        found = (await self.serving.people.handles(self.who, [handle])).get(handle)
        if found is None:
            raise NotThere(f"There is no handle {handle}, or none that you may see.")
        return found
