"""What waits for a person to decide, and what was decided."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.responses import Response

from timeline.acts import Decision, decisions_of, handles_of
from timeline.folds.identity.verdicts import Verdict, VerdictKind
from timeline.ledger import Ground, Suggestions
from timeline.people import Placed
from timeline.ports import Customer
from timeline.web.visit import Visit

SUGGESTIONS = 50
DECISIONS = 200


@dataclass(frozen=True, slots=True)
class Suggested:
    """What speaks for two customers being one, the weightiest first."""

    grounds: tuple[Ground, ...]
    one: Customer
    other: Customer


@dataclass(frozen=True, slots=True)
class Told:
    """A decision with the handles, or the interaction, that it is about."""

    decision: Decision
    handles: tuple[Placed, ...]
    interaction: UUID | None

    @property
    def values(self) -> tuple[str, ...]:
        """Return the names and words that it gives."""
        return tuple(v.value for v in self.decision.verdicts if v.value)


async def suggestions(visit: Visit) -> Response:
    """Show a page of the review queue."""
    page = await waiting(visit, None)
    return visit.page(
        "suggestions.html",
        suggestions=await suggested(visit, page),
        further=page.further,
        first="cursor" not in visit.request.query_params,
        done=done(visit),
    )


async def waiting(visit: Visit, customer: UUID | None) -> Suggestions:
    """Return what waits for a decision, about one customer or the whole house, from the cursor of the address on."""
    cursor = visit.request.query_params.get("cursor")
    try:
        return await visit.serving.ledger.suggestions(visit.who, SUGGESTIONS, customer, cursor)
    except ValueError as error:
        raise HTTPException(404) from error


async def decisions(visit: Visit) -> Response:
    """Show the newest decisions of all."""
    verdicts = await visit.serving.ledger.verdicts(visit.who, None, DECISIONS)
    return visit.page("decisions.html", decisions=await told(visit, verdicts), done=done(visit))


async def suggested(visit: Visit, page: Suggestions) -> list[Suggested]:
    """Return suggestions with their customers."""
    handles = [h for s in page.entries for h in (s.best.a.id, s.best.b.id)]
    customers = {c.id: c for c in await visit.serving.people.owners(visit.who, handles)}
    return [
        Suggested(s.grounds, customers[s.customer_a], customers[s.customer_b])
        for s in page.entries
        if s.customer_a in customers and s.customer_b in customers
    ]


async def told(visit: Visit, verdicts: Iterable[Verdict]) -> list[Told]:
    """Return the decisions that verdicts make, with what they are about."""
    made = decisions_of(verdicts)
    about = {h for d in made for v in d.verdicts for h in handles_of(v)}
    known = await visit.serving.people.handles(visit.who, about)
    return [_told(decision, known) for decision in made]


def done(visit: Visit) -> UUID | None:
    """Return the decision that was just made, for a page to offer its undoing."""
    try:
        return UUID(visit.request.query_params["done"])
    except (KeyError, ValueError):
        return None


def _told(decision: Decision, known: Mapping[UUID, Placed]) -> Told:
    handles = dict.fromkeys(h for v in decision.verdicts for h in handles_of(v))
    moved = next((v.a for v in decision.verdicts if v.kind is VerdictKind.MOVE), None)
    return Told(decision, tuple(known[h] for h in handles if h in known), moved)
