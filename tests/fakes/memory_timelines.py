"""Timelines in memory that keep the port's promises, for tests of what is served."""

import asyncio
import base64
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from peyvand.errors import Unavailable
from peyvand.event import InteractionEvent
from peyvand.identity import Organisation
from timeline.deliveries import Accounted, DeliveryPage
from timeline.folds.identity import Evidence, Seen, customers, evidence_of, links_of
from timeline.folds.interaction import Interaction, fold
from timeline.folds.search import folded
from timeline.ports import Books, Changes, Customer, Filters, Health, Hit, KnownHandle, Page, Principal


@dataclass(frozen=True)
class Derived:
    """What all events make: interactions newest first, who is whose, and whose each interaction is."""

    interactions: tuple[Interaction, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    seen: tuple[Seen, ...] = ()
    customer_of: Mapping[UUID, UUID] = field(default_factory=dict)
    customers: Mapping[UUID, tuple[UUID, ...]] = field(default_factory=dict)


@dataclass
class MemoryTimelines:
    """Events in, timelines out; `away` makes it refuse as a database that is gone does."""

    organisation: Organisation = field(default_factory=Organisation)
    events: dict[UUID, InteractionEvent] = field(default_factory=dict)
    healths: dict[str, Health] = field(default_factory=dict)
    arrived: dict[UUID, Accounted] = field(default_factory=dict)
    away: bool = False
    _derived: Derived = field(default_factory=Derived)
    _feed: list[UUID | None] = field(default_factory=list)  # an interaction, or None for a regrouping
    _former: dict[UUID, UUID] = field(default_factory=dict)  # a customer's id of before: one of its handles
    _waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = field(default_factory=list)

    def tell(self, *events: InteractionEvent) -> None:
        """Record events; may be called from any thread."""
        self.events.update({event.event_id: event for event in events})
        before, self._derived = self._derived, derived(self.organisation, self.events.values())
        self._feed.extend(dict.fromkeys(e.interaction_id for e in events))
        for handle, customer in before.customer_of.items():
            self._former.setdefault(customer, handle)
        if any(self._derived.customer_of[handle] != customer for handle, customer in before.customer_of.items()):
            self._feed.append(None)
        for loop, wake in list(self._waiting):
            loop.call_soon_threadsafe(wake.set)

    def take(self, *accounted: Accounted) -> None:
        """Note deliveries and what became of them."""
        self.arrived.update({one.delivery.id: one for one in accounted})

    def interactions(self, who: Principal, customer: UUID | None = None) -> list[Interaction]:
        """Return what may be seen, newest first."""
        return [
            i
            for i in self._derived.interactions
            if (who.connectors is None or who.connectors & set(i.connectors))
            and (customer is None or customer in self._derived.customers[i.id])
        ]

    async def recent(self, who: Principal, limit: int) -> Sequence[Hit]:
        self._answer()
        hits: dict[UUID, Hit] = {}
        for interaction in self.interactions(who):
            for customer in self._derived.customers[interaction.id]:
                if customer not in hits:
                    hits[customer] = Hit(self._customer(customer), _line(interaction), interaction)
        return list(hits.values())[:limit]

    async def search(self, who: Principal, query: str, limit: int) -> Sequence[Hit]:
        wanted, found = folded(query), {}
        for hit in await self.recent(who, 10_000):
            for line in self._lines(who, hit.customer):
                if wanted in folded(line) and hit.customer.id not in found:
                    found[hit.customer.id] = Hit(hit.customer, line, hit.last)
        return list(found.values())[:limit]

    async def customer(self, who: Principal, customer: UUID) -> Customer | None:
        self._answer()
        today = self._today(customer)
        return self._customer(today) if self.interactions(who, today) else None

    async def page(self, who: Principal, customer: UUID, filters: Filters, older_than: str | None, limit: int) -> Page:
        self._answer()
        below = _place(older_than) if older_than is not None else None
        wanted = [i for i in self.interactions(who, self._today(customer)) if _passes(filters, i)]
        rest = [i for i in wanted if below is None or _newest(i) < below]
        entries = tuple(rest[:limit])
        return Page(entries, _cursor(entries[-1]) if len(rest) > limit else None)

    async def interaction(self, who: Principal, interaction: UUID) -> Interaction | None:
        self._answer()
        return next((i for i in self.interactions(who) if i.id == interaction), None)

    async def why(self, who: Principal, interaction: UUID) -> Sequence[InteractionEvent]:
        events = [e for e in self.events.values() if e.interaction_id == interaction]
        return [e for e in events if who.connectors is None or e.connector in who.connectors]

    async def feed_end(self) -> str:
        self._answer()
        return f"f{len(self._feed)}"

    async def changes(self, who: Principal, customer: UUID | None, after: str, limit: int) -> Changes:
        self._answer()
        start = int(after.removeprefix("f")) if after.startswith("f") else int("no cursor")
        part = self._feed[start : start + limit]
        today = self._today(customer) if customer else None
        entries = tuple(i for i in self.interactions(who, today) if i.id in part)
        return Changes(entries[::-1], None in part, f"f{start + len(part)}")

    async def wait(self, seconds: float) -> None:
        mine = (asyncio.get_running_loop(), asyncio.Event())
        self._waiting.append(mine)
        try:
            await asyncio.wait_for(mine[1].wait(), seconds)
        except TimeoutError:
            return
        finally:
            self._waiting.remove(mine)

    async def health(self, who: Principal, connectors: Sequence[str]) -> Sequence[Health]:
        self._answer()
        return [self.healths.get(c) or Health(Books(c, 0, 0, 0, {}, 0, None)) for c in connectors]

    async def deliveries(
        self, who: Principal, connector: str | None, outcome: str | None, older_than: str | None, limit: int
    ) -> DeliveryPage:
        self._answer()
        below = _place(older_than) if older_than is not None else None
        wanted = [d for d in self.arrived.values() if _may_see(who, d)]
        wanted = [d for d in wanted if connector in (None, d.line.connector) and outcome in (None, d.outcome)]
        rest = sorted((d for d in wanted if below is None or _newest_arrived(d) < below), key=_newest_arrived)[::-1]
        older = _encoded(_newest_arrived(rest[limit - 1])) if len(rest) > limit else None
        return DeliveryPage(tuple(d.line for d in rest[:limit]), older)

    async def delivery(self, who: Principal, delivery: UUID) -> Accounted | None:
        self._answer()
        found = self.arrived.get(delivery)
        return found if found and _may_see(who, found) else None

    @property
    def watchers(self) -> int:
        """Return how many wait for a change."""
        return len(self._waiting)

    async def ready(self) -> str | None:
        return "the store is away" if self.away else None

    def _answer(self) -> None:
        if self.away:
            raise Unavailable("the store is away")

    def _today(self, customer: UUID) -> UUID:
        customer_of = self._derived.customer_of
        if customer in customer_of.values():
            return customer
        return customer_of.get(self._former.get(customer, customer), customer)

    def _customer(self, customer: UUID) -> Customer:
        handles = {handle for handle, whose in self._derived.customer_of.items() if whose == customer}
        evidence = [e for e in self._derived.evidence if e.handle_id in handles]
        names: dict[UUID, list[str]] = {}
        for e in evidence:
            names.setdefault(e.handle_id, []).extend([e.name] if e.name else [])
        known = tuple(
            KnownHandle(s.id, s.kind, s.scope, s.value, s.first_at, tuple(dict.fromkeys(names[s.id])))
            for s in self._derived.seen
            if s.id in handles
        )
        name = next((n for h in known for n in h.names), None)
        return Customer(customer, name, known, max((e.occurred_at for e in evidence), default=None))

    def _lines(self, who: Principal, customer: Customer) -> list[str]:
        texts = [part for i in self.interactions(who, customer.id) for part in (i.subject, i.text) if part]
        return [*(h.value for h in customer.handles), *(n for h in customer.handles for n in h.names), *texts]


def derived(organisation: Organisation, events: Collection[InteractionEvent]) -> Derived:
    """Return what events make."""
    evidence = tuple(e for event in events for e in evidence_of(organisation.id, event))
    seen: dict[UUID, Seen] = {}
    for e in evidence:
        one = Seen(e.occurred_at, e.event_id, e.kind, e.scope, e.value, e.handle_id)
        seen[e.handle_id] = min(seen.get(e.handle_id, one), one)
    customer_of = customers(organisation.id, list(seen.values()), links_of(evidence))
    interaction_of, by_id = {e.event_id: e.interaction_id for e in events}, dict[UUID, list[InteractionEvent]]()
    for event in events:
        by_id.setdefault(event.interaction_id, []).append(event)
    whose: dict[UUID, dict[UUID, None]] = {interaction: {} for interaction in by_id}
    for e in evidence:
        whose[interaction_of[e.event_id]][customer_of[e.handle_id]] = None
    folds = sorted((fold(of_one) for of_one in by_id.values()), key=_newest, reverse=True)
    theirs = {interaction: tuple(customers_) for interaction, customers_ in whose.items()}
    return Derived(tuple(folds), evidence, tuple(sorted(seen.values())), customer_of, theirs)


def _newest(interaction: Interaction) -> tuple[datetime, str]:
    return (interaction.occurred_at, str(interaction.id))


def _newest_arrived(accounted: Accounted) -> tuple[datetime, str]:
    return (accounted.delivery.received_at, str(accounted.delivery.id))


def _may_see(who: Principal, accounted: Accounted) -> bool:
    return who.connectors is None or accounted.delivery.connector in who.connectors


def _cursor(interaction: Interaction) -> str:
    return _encoded(_newest(interaction))


def _encoded(place: tuple[datetime, str]) -> str:
    return base64.urlsafe_b64encode("|".join([place[0].isoformat(), place[1]]).encode()).decode()


def _place(cursor: str) -> tuple[datetime, str]:
    at, bar, interaction = base64.urlsafe_b64decode(cursor.encode()).decode().partition("|")
    if not bar:
        raise ValueError("no cursor")
    return (datetime.fromisoformat(at), interaction)


def _passes(filters: Filters, interaction: Interaction) -> bool:
    return (
        (not filters.channels or interaction.channel in filters.channels)
        and (not filters.directions or interaction.direction in filters.directions)
        and (filters.since is None or interaction.occurred_at >= filters.since)
        and (filters.until is None or interaction.occurred_at < filters.until)
    )


def _line(interaction: Interaction) -> str:
    return interaction.subject or interaction.text or ""
