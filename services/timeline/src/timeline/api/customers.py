"""Customers and their timelines over HTTP."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response
from starlette.exceptions import HTTPException

from peyvand.errors import BadPayload, Fault
from timeline.api.answers import CustomerAnswer, CustomersAnswer, TimelineAnswer
from timeline.api.parameters import CustomersAsked, TimelineAsked
from timeline.ports import Customer, Page, Principal
from timeline.serving import Serving


async def found_customer(serving: Serving, who: Principal, customer: UUID) -> Customer:
    """Return the customer of today; raises HTTPException 404."""
    found = await serving.timelines.customer(who, customer)
    if found is None:
        raise HTTPException(404, f"There is no customer {customer}, or none that you may see.")
    return found


@dataclass(frozen=True, slots=True)
class CustomerEndpoints:
    """What is answered about customers."""

    serving: Serving

    async def customers(self, request: Request, asked: Annotated[CustomersAsked, Query()]) -> CustomersAnswer:
        """Find customers by handle, name or text; without `q`, those last heard from, newest first."""
        who = await self.serving.access(request)
        query = (asked.q or "").strip()
        if query:
            return CustomersAnswer.of(await self.serving.timelines.search(who, query, asked.limit))
        return CustomersAnswer.of(await self.serving.timelines.recent(who, asked.limit))

    async def customer(self, request: Request, response: Response, customer: UUID) -> CustomerAnswer:
        """Return a customer with all handles. The id of a customer who has become part of another answers with that
        one; `Content-Location` names today's address."""
        who = await self.serving.access(request)
        found = await found_customer(self.serving, who, customer)
        response.headers["Content-Location"] = f"/v1/customers/{found.id}"
        return CustomerAnswer.of(found)

    async def timeline(
        self, request: Request, response: Response, customer: UUID, asked: Annotated[TimelineAsked, Query()]
    ) -> TimelineAnswer:
        """Return a page of a customer's timeline, newest first. `older` is the cursor of the next page; a live stream
        that begins at `feed` misses nothing."""
        who = await self.serving.access(request)
        found = await found_customer(self.serving, who, customer)
        feed = await self.serving.timelines.feed_end()  # before the page, so that nothing falls between
        page = await self._page(who, found, asked)
        response.headers["Content-Location"] = f"/v1/customers/{found.id}/timeline"
        return TimelineAnswer.of(page, feed)

    async def _page(self, who: Principal, customer: Customer, asked: TimelineAsked) -> Page:
        filters = asked.filters(self.serving.organisation.zone)
        try:
            return await self.serving.timelines.page(who, customer.id, filters, asked.cursor, asked.limit)
        except ValueError as error:
            why = "is no cursor of this timeline; take `older` of the page before"
            raise BadPayload(f"cursor {why}", [Fault("/query/cursor", why)]) from error
