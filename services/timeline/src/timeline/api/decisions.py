"""What was decided, what waits for a decision, and why somebody's handles are there, over HTTP."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from peyvand.errors import BadPayload, Fault
from timeline.api.customers import found_customer
from timeline.api.decision_answers import CustomerWhyAnswer, DecisionsAnswer, SuggestionsAnswer
from timeline.api.parameters import ListAsked, SuggestionsAsked
from timeline.ports import Principal
from timeline.serving import Serving


@dataclass(frozen=True, slots=True)
class DecisionEndpoints:
    """What is answered about decisions."""

    serving: Serving

    async def decisions(self, request: Request, asked: Annotated[ListAsked, Query()]) -> DecisionsAnswer:
        """Return the newest decisions with who, when and why, revoked ones too."""
        who = await self.serving.access(request)
        return DecisionsAnswer.of(await self.serving.ledger.verdicts(who, None, asked.limit))

    async def of_customer(
        self, request: Request, customer: UUID, asked: Annotated[ListAsked, Query()]
    ) -> DecisionsAnswer:
        """Return the newest decisions about a customer's handles."""
        who = await self.serving.access(request)
        found = await found_customer(self.serving, who, customer)
        return DecisionsAnswer.of(await self.serving.ledger.verdicts(who, found.id, asked.limit))

    async def why(self, request: Request, response: Response, customer: UUID) -> CustomerWhyAnswer:
        """Say why each of a customer's handles is there: the rule, where it was seen, what links it, what was decided.
        Of a link that a rule refused, `refused` names the rule."""
        who = await self.serving.access(request)
        found = await found_customer(self.serving, who, customer)
        whys = await self.serving.ledger.why(who, found.id)
        others = {link.other for why in whys for link in why.links}
        response.headers["Content-Location"] = f"/v1/customers/{found.id}/why"
        return CustomerWhyAnswer.of(found.id, whys, await self.serving.people.handles(who, others))

    async def suggestions(self, request: Request, asked: Annotated[SuggestionsAsked, Query()]) -> SuggestionsAnswer:
        """Return pairs of customers who may be one person and on whom nobody has decided, each pair once, with all that
        speaks for it, the weightiest first."""
        who = await self.serving.access(request)
        return await self._suggested(who, asked, None)

    async def suggestions_of(
        self, request: Request, customer: UUID, asked: Annotated[SuggestionsAsked, Query()]
    ) -> SuggestionsAnswer:
        """Return who may be the same person as a customer."""
        who = await self.serving.access(request)
        found = await found_customer(self.serving, who, customer)
        return await self._suggested(who, asked, found.id)

    async def _suggested(self, who: Principal, asked: SuggestionsAsked, customer: UUID | None) -> SuggestionsAnswer:
        try:
            page = await self.serving.ledger.suggestions(who, asked.limit, customer, asked.cursor)
        except ValueError as error:
            why = "is no cursor of suggestions; take `further` of the page before"
            raise BadPayload(f"cursor {why}", [Fault("/query/cursor", why)]) from error
        return SuggestionsAnswer.of(page)
