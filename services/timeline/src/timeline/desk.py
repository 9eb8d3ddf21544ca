"""Where people decide: what is meant is found, decided once, and told as it stands afterwards."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from peyvand.identity import Handle
from timeline import deciding
from timeline.acts import Act, act_id
from timeline.deciding import Reason
from timeline.folds.identity import handle_id
from timeline.folds.identity.verdicts import Verdict
from timeline.ledger import Card
from timeline.meant import Meant
from timeline.nonsense import Nonsense, Undecidable
from timeline.people import BY_HAND
from timeline.ports import Customer, Principal
from timeline.serving import Serving

Work = Callable[[Act], Awaitable[Sequence[Verdict]]]


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
            one, two = await self._meant.customer(customer), await self._meant.customer(other)
            return deciding.merge(act, one, two, await self._meant.apart(one))

        return await self._once(f"merge {customer} {other}", work)

    async def split(self, customer: UUID, moved: Collection[UUID]) -> Decided:
        """Decide that some handles of a customer are somebody else's."""

        async def work(act: Act) -> Sequence[Verdict]:
            return deciding.split(act, await self._meant.customer(customer), moved)

        return await self._once(f"split {customer} {sorted(set(moved))}", work)

    async def different(self, customer: UUID, other: UUID) -> Decided:
        """Decide that two customers are two."""

        async def work(act: Act) -> Sequence[Verdict]:
            return deciding.different(act, await self._meant.customer(customer), await self._meant.customer(other))

        return await self._once(f"different {customer} {other}", work)

    async def rename(self, customer: UUID, name: str) -> Decided:
        """Decide what a customer is called."""

        async def work(act: Act) -> Sequence[Verdict]:
            return deciding.rename(act, (await self._meant.customer(customer)).handles[0].id, name)

        return await self._once(f"name {customer} {name}", work)

    async def tag(self, customer: UUID, word: str) -> Decided:
        """Put a word to a customer."""

        async def work(act: Act) -> Sequence[Verdict]:
            return deciding.tag(act, await self._meant.customer(customer), word)

        return await self._once(f"tag {customer} {word}", work)

    async def not_a_customer(self, customer: UUID, reason: Reason) -> Decided:
        """Decide that somebody is no customer."""

        async def work(act: Act) -> Sequence[Verdict]:
            return deciding.not_a_customer(act, await self._meant.customer(customer), reason)

        return await self._once(f"not a customer {customer} {reason}", work)

    async def create(self, name: str, handles: Sequence[Handle]) -> Decided:
        """Write a customer down by hand; known handles bring their customers with them."""

        async def work(act: Act) -> Sequence[Verdict]:
            ids = [handle_id(self.serving.organisation.id, *h.key) for h in handles]
            await self._require_seen(ids)
            named = deciding.rename(act, ids[0], name)
            card = Card(BY_HAND, str(act.id), named[0].value, tuple(handles), act.at, tuple(sorted(self.who.teams)))
            await self.serving.ledger.introduce([card])
            return named

        return await self._once(f"create {name} {[h.key for h in handles]}", work)

    async def shared(self, handle: UUID) -> Decided:
        """Decide that many use a handle."""

        async def work(act: Act) -> Sequence[Verdict]:
            return deciding.shared(act, (await self._meant.handle(handle)).handle.id)

        return await self._once(f"shared {handle}", work)

    async def personal(self, handle: UUID) -> Decided:
        """Decide that a handle is one person's."""

        async def work(act: Act) -> Sequence[Verdict]:
            return deciding.personal(act, (await self._meant.handle(handle)).handle.id)

        return await self._once(f"personal {handle}", work)

    async def move(self, interaction: UUID, handle: UUID) -> Decided:
        """Decide that an interaction is of whoever has a handle."""

        async def work(act: Act) -> Sequence[Verdict]:
            await self._meant.interaction(interaction)
            return deciding.move(act, interaction, (await self._meant.handle(handle)).handle.id)

        return await self._once(f"move {interaction} {handle}", work)

    async def confirm(self, a: UUID, b: UUID) -> Decided:
        """Decide that two handles that were suggested are one person's."""

        async def work(act: Act) -> Sequence[Verdict]:
            one, two = [await self._meant.customer((await self._meant.handle(h)).customer) for h in (a, b)]
            return deciding.confirm(act, (a, b), (one, two), await self._meant.apart(one))

        return await self._once(f"confirm {a} {b}", work)

    async def dismiss(self, a: UUID, b: UUID) -> Decided:
        """Decide that two handles need not be suggested again."""

        async def work(act: Act) -> Sequence[Verdict]:
            one, two = [(await self._meant.handle(h)).handle.id for h in (a, b)]
            return deciding.dismiss(act, (one, two))

        return await self._once(f"dismiss {a} {b}", work)

    async def revoke(self, act: UUID) -> Decided:
        """Take an act back, whenever it was; of a customer written down by hand the card goes too."""
        verdicts = await self._meant.act(act)
        now = self.serving.now()
        await self.serving.ledger.revoke(act, self.who.name, now)
        if await self.serving.people.introduced(str(act)):
            await self.serving.ledger.introduce([Card(BY_HAND, str(act), None, (), now)])
        return await self._stands(act, verdicts)

    @property
    def _meant(self) -> Meant:
        return Meant(self.serving, self.who)

    async def _require_seen(self, handles: Collection[UUID]) -> None:
        """Return when somebody may write down a customer with these handles; who sees only a part must see it, too."""
        if self.who.connectors is None:
            return
        if not self.who.teams:
            raise Undecidable("name", Nonsense.UNSEEN)
        if await self._meant.hides(handles):
            raise Undecidable("handles", Nonsense.HIDDEN)

    async def _once(self, asked: str, work: Work) -> Decided:
        act = Act(act_id(self.who.name, self.key, asked), self.who.name, self.serving.now(), self.why)
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
        return Decided(act, await self._meant.concerned(verdicts))
