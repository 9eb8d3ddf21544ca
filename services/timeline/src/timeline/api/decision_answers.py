"""What the API answers about decisions, suggestions, and why somebody's handles are there."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from timeline.acts import Decision, decisions_of
from timeline.api import examples
from timeline.api.answers import CustomerAnswer, HandleAnswer
from timeline.desk import Decided
from timeline.folds.identity.verdicts import Verdict, VerdictKind
from timeline.ledger import Ground, HandleWhy, LinkWhy, Sighting, Suggestion, Suggestions
from timeline.people import Placed
from timeline.reasons import rule_of


class DecidedAnswer(BaseModel):
    """A decision that was made, and the customers whom it is about as they stand after it."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.DECIDED]})

    act: UUID
    customers: tuple[CustomerAnswer, ...]

    @classmethod
    def of(cls, decided: Decided) -> "DecidedAnswer":
        return cls(act=decided.act, customers=tuple(CustomerAnswer.of(c) for c in decided.customers))


class VerdictAnswer(BaseModel):
    """One thing that a decision says: of a handle, of two, or of an interaction and a handle."""

    kind: VerdictKind
    a: UUID
    b: UUID | None
    value: str | None

    @classmethod
    def of(cls, verdict: Verdict) -> "VerdictAnswer":
        return cls(kind=verdict.kind, a=verdict.a, b=verdict.b, value=verdict.value)


class DecisionAnswer(BaseModel):
    """Who decided what, when, and why; one that was revoked stays in the list."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.DECISION]})

    act: UUID
    kind: VerdictKind
    actor: str
    at: datetime
    why: str | None
    revoked_at: datetime | None
    revoked_by: str | None
    verdicts: tuple[VerdictAnswer, ...]

    @classmethod
    def of(cls, decision: Decision) -> "DecisionAnswer":
        first = decision.first
        return cls(
            act=decision.id, kind=decision.kind, actor=first.actor, at=first.at, why=first.why,
            revoked_at=first.revoked_at, revoked_by=first.revoked_by,
            verdicts=tuple(VerdictAnswer.of(v) for v in decision.verdicts),
        )  # fmt: skip


class DecisionsAnswer(BaseModel):
    """Decisions, newest first."""

    decisions: tuple[DecisionAnswer, ...]

    @classmethod
    def of(cls, verdicts: Iterable[Verdict]) -> "DecisionsAnswer":
        return cls(decisions=tuple(DecisionAnswer.of(d) for d in decisions_of(verdicts)))


class GroundAnswer(BaseModel):
    """What speaks for two handles being one person's; of a likeness `score` is in bits, `parts` what it is made of."""

    a: HandleAnswer
    b: HandleAnswer
    why: str
    score: float | None
    parts: dict[str, float]

    @classmethod
    def of(cls, ground: Ground) -> "GroundAnswer":
        g = ground
        return cls(a=HandleAnswer.of(g.a), b=HandleAnswer.of(g.b), why=g.why, score=g.score, parts=dict(g.parts))


class SuggestionAnswer(BaseModel):
    """Two customers who may be one person: what speaks for it most, and in `grounds` all that does, that one first."""

    a: HandleAnswer
    b: HandleAnswer
    customer_a: UUID
    customer_b: UUID
    why: str
    score: float | None
    parts: dict[str, float]
    grounds: tuple[GroundAnswer, ...]

    @classmethod
    def of(cls, suggestion: Suggestion) -> "SuggestionAnswer":
        best, *others = (GroundAnswer.of(g) for g in suggestion.grounds)
        return cls(
            a=best.a, b=best.b, customer_a=suggestion.customer_a, customer_b=suggestion.customer_b, why=best.why,
            score=best.score, parts=best.parts, grounds=(best, *others),
        )  # fmt: skip


class SuggestionsAnswer(BaseModel):
    """What waits for a person to decide, the weightiest first; `further` is the cursor of the next page."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.SUGGESTIONS]})

    suggestions: tuple[SuggestionAnswer, ...]
    further: str | None

    @classmethod
    def of(cls, page: Suggestions) -> "SuggestionsAnswer":
        return cls(suggestions=tuple(SuggestionAnswer.of(s) for s in page.entries), further=page.further)


class SightingAnswer(BaseModel):
    """Where a handle was seen: in an interaction, or on a card of a source; and how it is known to be theirs."""

    event_id: UUID
    interaction: UUID | None
    source: str | None
    role: str
    proof: str
    name: str | None
    at: datetime

    @classmethod
    def of(cls, seen: Sighting) -> "SightingAnswer":
        return cls(
            event_id=seen.event_id, interaction=seen.interaction, source=seen.source, role=seen.role,
            proof=seen.proof, name=seen.name, at=seen.at,
        )  # fmt: skip


class LinkAnswer(BaseModel):
    """What links a handle to another: how strongly (9 a person said so, 3 proved, 2 claimed beside proved, 1 claimed);
    `refused` names the rule by which it joins nobody."""

    other: UUID
    value: str | None
    strength: int
    first_at: datetime
    refused: str | None
    seen: SightingAnswer | None

    @classmethod
    def of(cls, link: LinkWhy, known: Mapping[UUID, Placed]) -> "LinkAnswer":
        other = known.get(link.other)
        return cls(
            other=link.other, value=other.handle.value if other else None, strength=link.strength,
            first_at=link.first_at, refused=link.refused,
            seen=SightingAnswer.of(link.sighting) if link.sighting else None,
        )  # fmt: skip


class HandleWhyAnswer(BaseModel):
    """Why a handle is a customer's: the rule, and what speaks for it."""

    handle: HandleAnswer
    rule: str
    shared: str | None
    evidence: tuple[SightingAnswer, ...]
    links: tuple[LinkAnswer, ...]
    decisions: tuple[DecisionAnswer, ...]

    @classmethod
    def of(cls, why: HandleWhy, every: Sequence[HandleWhy], known: Mapping[UUID, Placed]) -> "HandleWhyAnswer":
        return cls(
            handle=HandleAnswer.of(why.handle), rule=rule_of(why, every).rule, shared=why.shared,
            evidence=tuple(SightingAnswer.of(s) for s in why.sightings),
            links=tuple(LinkAnswer.of(link, known) for link in why.links),
            decisions=tuple(DecisionAnswer.of(d) for d in decisions_of(why.verdicts)),
        )  # fmt: skip


class CustomerWhyAnswer(BaseModel):
    """Why each of a customer's handles is there, the earliest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.CUSTOMER_WHY]})

    id: UUID
    handles: tuple[HandleWhyAnswer, ...]

    @classmethod
    def of(cls, customer: UUID, whys: Sequence[HandleWhy], known: Mapping[UUID, Placed]) -> "CustomerWhyAnswer":
        return cls(id=customer, handles=tuple(HandleWhyAnswer.of(why, whys, known) for why in whys))
