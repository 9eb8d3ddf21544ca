"""Live streams over HTTP: server-sent events that resume without a gap."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

import orjson
from fastapi import Query, Request
from fastapi.responses import StreamingResponse

from peyvand.errors import BadPayload, Fault
from timeline.api.customers import found_customer
from timeline.api.parameters import StreamAsked
from timeline.feed import Tell, follower_of, streamed
from timeline.ports import Changes, Principal
from timeline.serving import Serving


@dataclass(frozen=True, slots=True)
class StreamEndpoints:
    """What is told as it happens."""

    serving: Serving

    async def everything(self, request: Request, asked: Annotated[StreamAsked, Query()]) -> StreamingResponse:
        """Tell of every interaction as it comes or changes (`interaction`), and when customers were regrouped
        (`customer`). Resumes after `Last-Event-ID` or `after`; an entry may come twice, none is left out."""
        who = await self.serving.access(request)
        return await self._entries(request, who, None, asked.after)

    async def of_customer(
        self, request: Request, customer: UUID, asked: Annotated[StreamAsked, Query()]
    ) -> StreamingResponse:
        """Tell of one customer's interactions as they come or change, and when the customer was regrouped; the stream
        goes on with the customer of today."""
        who = await self.serving.access(request)
        found = await found_customer(self.serving, who, customer)
        return await self._entries(request, who, found.id, asked.after)

    async def _entries(
        self, request: Request, who: Principal, customer: UUID | None, after: str | None
    ) -> StreamingResponse:
        async def tell(changes: Changes) -> list[tuple[str, str]]:
            return await self._events(who, customer, changes)

        return await stream(self.serving, request, who, customer, after, tell)

    async def _events(self, who: Principal, customer: UUID | None, changes: Changes) -> list[tuple[str, str]]:
        events = [("interaction", entry.model_dump_json()) for entry in changes.entries]
        if changes.regrouped:
            found = await self.serving.timelines.customer(who, customer) if customer else None
            events.append(("customer", orjson.dumps({"id": found.id if found else None}).decode()))
        return events


async def stream(
    serving: Serving, request: Request, who: Principal, customer: UUID | None, after: str | None, tell: Tell
) -> StreamingResponse:
    """Return a live stream from where a request asks for it; raises BadPayload for a wrong cursor."""
    try:
        follower = await follower_of(serving, request, who, customer, after)
    except ValueError as error:
        at = "/header/last-event-id" if "last-event-id" in request.headers else "/query/after"
        why = "is no cursor of the change feed; take `feed` of a timeline or the id of an event"
        raise BadPayload(f"the cursor {why}", [Fault(at, why)]) from error
    return streamed(serving, follower, tell)
