"""A ledger over timelines in memory: decisions, cards, suggestions, and why."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from fakes.memory_timelines import MemoryTimelines
from peyvand.errors import Rejected
from timeline.acts import handles_of
from timeline.folds.identity.verdicts import Pair, Verdict, VerdictKind
from timeline.ledger import Card, Ground, HandleWhy, Introduced, LinkWhy, Sighting, Suggestion, Suggestions
from timeline.ports import Principal
from timeline.store.cards import card_id


@dataclass
class MemoryLedger:
    """Decides for timelines in memory."""

    timelines: MemoryTimelines

    async def decide(self, verdicts: Sequence[Verdict]) -> None:
        fresh = [v for v in verdicts if v.id not in self.timelines.verdicts]
        if missing := {h for v in fresh for h in handles_of(v)} - self.timelines.known.handles.keys():
            raise Rejected(f"there is no handle {min(missing)}")
        self.timelines.rule(*fresh)

    async def revoke(self, act: UUID, actor: str, at: datetime) -> bool:
        standing = [v for v in self.timelines.verdicts.values() if v.act == act and v.revoked_at is None]
        self.timelines.rule(*(replace(v, revoked_at=at, revoked_by=actor) for v in standing))
        return bool(standing)

    async def verdicts(self, who: Principal, customer: UUID | None, limit: int) -> Sequence[Verdict]:
        handles = self.timelines.known.handles
        theirs = {h for h, s in handles.items() if customer in (None, s.customer) and self.timelines.sees(who, h)}
        found = [v for v in self.timelines.verdicts.values() if theirs & set(handles_of(v))]
        return sorted(found, key=lambda v: (v.at, v.id), reverse=True)[:limit]

    async def introduce(self, cards: Sequence[Card]) -> Introduced:
        there = [card_id(self.timelines.organisation.id, c.source, c.key) in self.timelines.cards for c in cards]
        self.timelines.write_down(*cards)
        return Introduced(there.count(False), there.count(True), 0)

    async def suggestions(
        self, who: Principal, limit: int, customer: UUID | None = None, after: str | None = None
    ) -> Suggestions:
        found: dict[Pair, list[Ground]] = {}
        for (a, b), why in self.timelines.known.refused.items():
            whose = self._customers(a, b)
            if self.timelines.sees(who, a) and self.timelines.sees(who, b) and customer in (None, *whose):
                one, other = (a, b) if self._customers(a) == whose[:1] else (b, a)
                ground = Ground(self.timelines.handle(one), self.timelines.handle(other), why, 0.0)
                found.setdefault(whose, []).append(ground)
        standing = [v for v in self.timelines.verdicts.values() if v.revoked_at is None and v.b]
        decided = {self._customers(v.a, v.b) for v in standing if v.b and v.kind is not VerdictKind.MOVE}
        every = [Suggestion(*p, tuple(grounds)) for p, grounds in found.items() if p not in decided]
        first = int(after.removeprefix("s")) if after else 0
        further = f"s{first + limit}" if first + limit < len(every) else None
        return Suggestions(tuple(every[first : first + limit]), further)

    def _customers(self, *handles: UUID) -> Any:
        return tuple(sorted({self.timelines.known.handles[h].customer for h in handles}))

    async def why(self, who: Principal, customer: UUID) -> Sequence[HandleWhy]:
        handles = self.timelines.known.handles
        mine = [h for h, s in handles.items() if s.customer == customer and self.timelines.sees(who, h)]
        return [
            HandleWhy(
                self.timelines.handle(h), handles[h].shared, self._sightings(h), self._links(h), self._verdicts(h)
            )
            for h in mine
        ]

    def _sightings(self, handle: UUID) -> tuple[Sighting, ...]:
        events, cards = self.timelines.events, self.timelines.cards
        return tuple(
            Sighting(
                e.event_id,
                events[e.event_id].interaction_id if e.event_id in events else None,
                cards[e.event_id].source if e.event_id in cards else None,
                e.role, e.proof, e.name, e.occurred_at,
            )
            for e in self.timelines.known.evidence
            if e.handle_id == handle
        )  # fmt: skip

    def _links(self, handle: UUID) -> tuple[LinkWhy, ...]:
        known = self.timelines.known
        return tuple(
            LinkWhy(b if a == handle else a, link.strength, link.first_at, known.refused.get((a, b)), None)
            for (a, b), link in known.links.items()
            if handle in (a, b)
        )

    def _verdicts(self, handle: UUID) -> tuple[Verdict, ...]:
        every = self.timelines.verdicts.values()
        return tuple(v for v in every if v.kind is not VerdictKind.MOVE and handle in (v.a, v.b))
