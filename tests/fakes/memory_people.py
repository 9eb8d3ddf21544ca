"""The people behind timelines in memory."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from fakes.memory_timelines import MemoryTimelines
from peyvand.event import Direction
from timeline.acts import handles_of
from timeline.folds.identity import Evidence
from timeline.folds.identity.clusters import LARGE
from timeline.folds.identity.evidence import NUMBERS
from timeline.folds.identity.verdicts import Verdict
from timeline.people import BY_HAND, NOBODY, HitPage, Knot, Placed
from timeline.ports import Customer, Page, Principal
from timeline.store.cards import card_id


@dataclass
class MemoryPeople:
    """Reads timelines in memory."""

    timelines: MemoryTimelines

    async def handles(self, who: Principal, ids: Collection[UUID]) -> Mapping[UUID, Placed]:
        known = self.timelines.known.handles
        seen = [h for h in ids if h in known and self.timelines.sees(who, h)]
        return {h: Placed(self.timelines.handle(h), known[h].customer, known[h].shared) for h in seen}

    async def owners(self, who: Principal, handles: Collection[UUID]) -> Sequence[Customer]:
        known = self.timelines.known.handles
        return await self._customers(who, (known[h].customer for h in handles if h in known))

    async def through(self, who: Principal, handle: UUID, older_than: str | None, limit: int) -> Page:
        seen = {self.timelines.events[e.event_id].interaction_id for e in self._events_of(handle)}
        if handle == NOBODY:
            placed, internal = self.timelines.known.customers, Direction.INTERNAL
            every = self.timelines.known.interactions
            seen = {i.id for i in every if not placed[i.id] and i.direction is not internal}
        found = [i for i in self.timelines.interactions(who) if i.id in seen]
        first = _place(older_than)
        return Page(tuple(found[first : first + limit]), _cursor(first + limit, len(found)))

    async def unknown(self, who: Principal, older_than: str | None, limit: int) -> HitPage:
        found = await self.timelines.recent(who, 10_000)
        named = [h for h in found if h.customer.name is None]
        every, first = [h for h in named if all(k.kind in NUMBERS for k in h.customer.handles)], _place(older_than)
        return HitPage(tuple(every[first : first + limit]), _cursor(first + limit, len(every)))

    async def knots(self, who: Principal, limit: int) -> Sequence[Knot]:
        known = self.timelines.known
        tied = {known.handles[a].component for (a, _), why in known.refused.items() if why == LARGE}
        return [knot for c in sorted(tied)[:limit] if (knot := self._knot(who, c))]

    async def behind(self, who: Principal, handle: UUID, limit: int) -> Sequence[Customer]:
        known = self.timelines.known
        peers = [b if a == handle else a for a, b in known.links if handle in (a, b)]
        return (await self._customers(who, (known.handles[p].customer for p in peers)))[:limit]

    async def at_domain(self, who: Principal, domain: str, limit: int) -> Sequence[Customer]:
        handles = self.timelines.known.handles.values()
        there = (s.customer for s in handles if s.seen.kind == "email" and s.seen.value.endswith(f"@{domain}"))
        return (await self._customers(who, there))[:limit]

    async def act(self, who: Principal, act: UUID) -> Sequence[Verdict]:
        verdicts = [v for v in self.timelines.verdicts.values() if v.act == act]
        handles = {h for v in verdicts for h in handles_of(v)}
        return verdicts if all(self.timelines.sees(who, h) for h in handles) else []

    async def about(self, who: Principal, things: Collection[UUID]) -> Sequence[Verdict]:
        standing = [v for v in self.timelines.verdicts.values() if v.revoked_at is None]
        return [v for v in standing[::-1] if v.a in things or v.b in things]

    async def introduced(self, key: str) -> bool:
        card = self.timelines.cards.get(card_id(self.timelines.organisation.id, BY_HAND, key))
        return bool(card and card.handles)

    def _knot(self, who: Principal, component: UUID) -> Knot | None:
        known = self.timelines.known
        inside = [h for h, s in known.handles.items() if s.component == component]
        links = Counter(h for pair in known.links for h in pair if h in inside and self.timelines.sees(who, h))
        if not links:
            return None
        hub = max(sorted(links), key=lambda h: links[h])
        placed = Placed(self.timelines.handle(hub), known.handles[hub].customer, known.handles[hub].shared)
        return Knot(len(inside), placed, links[hub])

    def _events_of(self, handle: UUID) -> list[Evidence]:
        evidence = [e for e in self.timelines.known.evidence if e.handle_id == handle]
        return [e for e in evidence if e.event_id in self.timelines.events]

    async def _customers(self, who: Principal, ids: Iterable[UUID]) -> list[Customer]:
        found = [await self.timelines.customer(who, i) for i in dict.fromkeys(ids)]
        return [c for c in found if c]


def _place(cursor: str | None) -> int:
    """Return where a page begins; raises ValueError for a cursor that is none."""
    return int(cursor.removeprefix("p")) if cursor else 0


def _cursor(next_: int, total: int) -> str | None:
    return f"p{next_}" if next_ < total else None
