"""Timelines in memory that keep the port's promises, for tests of what is served."""

import asyncio
import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from peyvand.errors import Unavailable
from peyvand.event import InteractionEvent
from peyvand.identity import Organisation
from peyvand.identity.rules import Rules
from timeline.deliveries import Accounted, DeliveryPage
from timeline.folds.call_backs import Called, Calling, CallsAround, called_back, calling_of, left_on
from timeline.folds.identity import Evidence, Standing, Verdict, VerdictKind, derive, evidence_of
from timeline.folds.identity.evidence import Linked
from timeline.folds.identity.verdicts import Pair
from timeline.folds.interaction import Interaction, fold
from timeline.folds.search import folded
from timeline.folds.thread import keys_of, thread
from timeline.ledger import Card
from timeline.ports import Books, Changes, Customer, Filters, Health, Hit, KnownHandle, Page, Principal
from timeline.store.cards import card_evidence, card_id


@dataclass(frozen=True)
class Known:
    """What all events, cards and verdicts make: interactions newest first, who is who, and who has which."""

    interactions: tuple[Interaction, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    handles: Mapping[UUID, Standing] = field(default_factory=dict)  # the earliest first
    links: Mapping[Pair, Linked] = field(default_factory=dict)
    refused: Mapping[Pair, str] = field(default_factory=dict)
    customers: Mapping[UUID, tuple[UUID, ...]] = field(default_factory=dict)


@dataclass
class MemoryTimelines:
    """Events in, timelines out; `away` makes it refuse as a database that is gone does."""

    organisation: Organisation = field(default_factory=Organisation)
    events: dict[UUID, InteractionEvent] = field(default_factory=dict)
    verdicts: dict[UUID, Verdict] = field(default_factory=dict)
    cards: dict[UUID, Card] = field(default_factory=dict)
    healths: dict[str, Health] = field(default_factory=dict)
    arrived: dict[UUID, Accounted] = field(default_factory=dict)
    away: bool = False
    rules: Rules = field(default_factory=Rules)
    known: Known = field(default_factory=Known)
    _feed: list[UUID | None] = field(default_factory=list)  # an interaction, or None for a regrouping
    _former: dict[UUID, UUID] = field(default_factory=dict)  # a customer's id of before: one of its handles
    _waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = field(default_factory=list)

    def tell(self, *events: InteractionEvent) -> None:
        """Record events; may be called from any thread."""
        self.events.update({event.event_id: event for event in events})
        self._again(list(dict.fromkeys(e.interaction_id for e in events)))

    def rule(self, *verdicts: Verdict) -> None:
        """Record verdicts, in the place of former ones with their ids."""
        self.verdicts.update({v.id: v for v in verdicts})
        self._again([v.a for v in verdicts if v.kind is VerdictKind.MOVE])

    def write_down(self, *cards: Card) -> None:
        """Record cards, each in the place of a former one with its key."""
        self.cards.update({card_id(self.organisation.id, c.source, c.key): c for c in cards})
        self._again([])

    def _again(self, told: list[UUID]) -> None:
        before, self.known = self.known, known(self)
        self._feed.extend(told)
        for handle, standing in before.handles.items():
            self._former.setdefault(standing.customer, handle)
        after = self.known.handles
        if any(h not in after or after[h].customer != s.customer for h, s in before.handles.items()):
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
            for i in self.known.interactions
            if (who.connectors is None or who.connectors & set(i.connectors))
            and (customer is None or customer in self.known.customers[i.id])
        ]

    async def recent(self, who: Principal, limit: int) -> Sequence[Hit]:
        self._answer()
        hits: dict[UUID, Hit] = {}
        for interaction in self.interactions(who):
            for customer in self.known.customers[interaction.id]:
                if customer not in hits:
                    hits[customer] = Hit(self.as_known(customer), _line(interaction), interaction)
        return [h for h in hits.values() if h.customer.not_a_customer is None][:limit]

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
        there = any(s.customer == today and self.sees(who, h) for h, s in self.known.handles.items())
        return self.as_known(today) if there else None

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

    async def thread(self, who: Principal, interaction: Interaction) -> Sequence[Interaction]:
        self._answer()
        return thread(self.organisation.id, interaction, self.interactions(who))

    async def beside(self, who: Principal, shown: Sequence[Interaction]) -> Sequence[Interaction]:
        keys = {key for i in shown for key in keys_of(self.organisation.id, i)}
        there = {i.id for i in shown}
        near = [i for i in self.interactions(who) if i.id not in there]
        return [i for i in near if not keys.isdisjoint(keys_of(self.organisation.id, i))]

    async def calls_beside(self, who: Principal, shown: Sequence[Interaction]) -> Mapping[UUID, CallsAround]:
        self._answer()
        return {i.id: self._calls_beside(who, i) for i in shown if calling_of(i) and self.known.customers[i.id]}

    async def not_called_back(self, who: Principal, since: datetime, limit: int) -> Sequence[Interaction]:
        self._answer()
        alone = [i for i in self.interactions(who) if i.occurred_at >= since and calling_of(i) is Calling.MISSED]
        talks = {i.id: [c.at for c in self._calls_with(i) if c.calling is Calling.TALKED] for i in alone}
        return [i for i in alone if self._calls_with(i) and max(talks[i.id], default=since) <= i.occurred_at][:limit]

    def _calls_with(self, interaction: Interaction) -> list[Called]:
        """Return all calls of the customers of one, whoever may see them."""
        whose = self.known.customers[interaction.id]
        with_them = (i for i in self.known.interactions if set(whose) & set(self.known.customers[i.id]))
        return [Called(i.occurred_at, i.id, calling) for i in with_them if (calling := calling_of(i))]

    def _calls_beside(self, who: Principal, interaction: Interaction) -> CallsAround:
        calls, seen = self._calls_with(interaction), {i.id: i for i in self.interactions(who)}
        (this,) = (c for c in calls if c.id == interaction.id)
        missed, mine = this.calling is not Calling.TALKED, sorted(calls)
        back = called_back(this, calls) if missed else None
        on = left_on(this, calls) if this.calling is Calling.VOICEMAIL else None
        made_up = [c.id for c in mine if c.calling is not Calling.TALKED and called_back(c, calls) == this.id]
        left = [c.id for c in mine if c.calling is Calling.VOICEMAIL and left_on(c, calls) == this.id]
        return CallsAround(
            called_back=seen.get(back) if back else None,
            calls_back=tuple(seen[i] for i in made_up if i in seen),
            voicemails=tuple(seen[i] for i in left if i in seen),
            left_on=seen.get(on) if on else None,
        )

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

    async def one_sided(self, who: Principal) -> frozenset[str]:
        self._answer()
        blind = {name for name, health in self.healths.items() if not health.sees_outbound}
        return frozenset(name for name in blind if who.connectors is None or name in who.connectors)

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

    def sees(self, who: Principal, handle: UUID) -> bool:
        """Return whether evidence of a handle came through a connector that may be read, or on a card of theirs."""
        seen = [e.event_id for e in self.known.evidence if e.handle_id == handle]
        connectors = {self.events[e].connector for e in seen if e in self.events}
        teams = {team for e in seen if e in self.cards for team in self.cards[e].teams}
        return bool(seen) if who.connectors is None else bool(connectors & who.connectors or teams & who.teams)

    def handle(self, handle: UUID) -> KnownHandle:
        """Return a handle with the names seen with it."""
        seen = self.known.handles[handle].seen
        names = dict.fromkeys(e.name for e in self.known.evidence if e.handle_id == handle and e.name)
        return KnownHandle(handle, seen.kind, seen.scope, seen.value, seen.first_at, tuple(names))

    def as_known(self, customer: UUID) -> Customer:
        """Return a customer of today."""
        handles = tuple(self.handle(h) for h, s in self.known.handles.items() if s.customer == customer)
        ids = {h.id for h in handles}
        name = next((n for h in handles for n in h.names), None)
        last = [i.occurred_at for i in self.known.interactions if customer in self.known.customers[i.id]]
        standing = [v for v in self.verdicts.values() if v.revoked_at is None and v.a in ids and v.value]
        given = {kind: [v.value or "" for v in standing if v.kind is kind] for kind in VerdictKind}
        return Customer(
            customer,
            given[VerdictKind.NAME][-1] if given[VerdictKind.NAME] else name,
            handles,
            max(last, default=None),
            tuple(dict.fromkeys(given[VerdictKind.TAG])),
            next(reversed(given[VerdictKind.NOT_A_CUSTOMER]), None),
        )

    def _today(self, customer: UUID) -> UUID:
        handles = self.known.handles
        if any(s.customer == customer for s in handles.values()):
            return customer
        former = handles.get(self._former.get(customer, customer))
        return former.customer if former else customer

    def _lines(self, who: Principal, customer: Customer) -> list[str]:
        texts = [part for i in self.interactions(who, customer.id) for part in (i.subject, i.text) if part]
        return [
            customer.name or "",
            *customer.tags,
            *(h.value for h in customer.handles),
            *(n for h in customer.handles for n in h.names),
            *texts,
        ]


def known(told: MemoryTimelines) -> Known:
    """Return what events, cards and verdicts make."""
    organisation, events = told.organisation.id, told.events.values()
    evidence = tuple(e for event in events for e in evidence_of(organisation, event))
    evidence += tuple(e for card in told.cards.values() for e in card_evidence(organisation, card))
    who = derive(organisation, evidence, told.verdicts.values(), told.rules)
    moved = {v.a: v.b for v in told.verdicts.values() if v.kind is VerdictKind.MOVE and v.revoked_at is None}
    by_id = dict[UUID, list[InteractionEvent]]()
    for event in events:
        by_id.setdefault(event.interaction_id, []).append(event)
    whose: dict[UUID, dict[UUID, None]] = {interaction: {} for interaction in by_id}
    for e in evidence:
        if came := told.events.get(e.event_id):
            handle = moved.get(came.interaction_id) or e.handle_id
            whose[came.interaction_id][who.handles[handle].customer] = None
    folds = sorted((fold(of_one) for of_one in by_id.values()), key=_newest, reverse=True)
    handles = dict(sorted(who.handles.items(), key=lambda item: item[1].seen))
    theirs = {interaction: tuple(customers) for interaction, customers in whose.items()}
    return Known(tuple(folds), evidence, handles, who.links, who.refused, theirs)


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
