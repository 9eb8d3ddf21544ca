"""The live streams of the pages: entries as they stand on the page, and that something changed."""

from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.responses import Response

from timeline.feed import Tell, follower_of, streamed
from timeline.ports import Changes
from timeline.web.asked import asked_of, passes
from timeline.web.customer import days_of, found_customer
from timeline.web.visit import Visit


async def of_customer(visit: Visit) -> Response:
    """Tell of a customer's entries that come or change, each in the day that it belongs to."""
    found = await found_customer(visit)
    filters = asked_of(visit.request.query_params).filters(visit.serving.organisation.zone)

    async def tell(changes: Changes) -> list[tuple[str, str]]:
        entries = [e for e in changes.entries if passes(filters, e)]
        days = [day for e in entries for day in await days_of([e], visit, found)]
        told = [("entry", visit.fragment("day.html", day=day, customer=found)) for day in days]
        return [*told, ("customer", "regrouped")] if changes.regrouped else told

    return await _stream(visit, found.id, tell)


async def of_anybody(visit: Visit) -> Response:
    """Tell that something changed, for the list on the first page."""

    async def tell(changes: Changes) -> list[tuple[str, str]]:
        return [("changed", "customers")] if changes.entries or changes.regrouped else []

    return await _stream(visit, None, tell)


async def _stream(visit: Visit, customer: UUID | None, tell: Tell) -> Response:
    asked = visit.request.query_params.get("after")
    try:
        follower = await follower_of(visit.serving, visit.request, visit.who, customer, asked)
    except ValueError as error:
        raise HTTPException(404) from error
    return streamed(visit.serving, follower, tell)
