"""Deliveries as people see them: what is kept for repair and why, and what arrived behind an event."""

from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.responses import Response

from timeline.deliveries import DeliveryPage, Outcome
from timeline.web.asked import NotUnderstood, deliveries_query
from timeline.web.visit import Visit

DELIVERIES = 50


async def deliveries(visit: Visit) -> Response:
    """Show a page of deliveries with what became of each, newest first."""
    query = visit.request.query_params
    connector, outcome = query.get("connector") or None, _outcome(query.get("outcome", ""))
    page = await _page(visit, connector, outcome)
    return visit.page(
        "deliveries.html",
        connector=connector,
        outcome=outcome,
        deliveries=page.deliveries,
        blobs=visit.serving.blobs is not None,
        older=deliveries_query(connector, outcome, page.older) if page.older else None,
    )


async def delivery(visit: Visit) -> Response:
    """Show one delivery: what it is, what became of it, and how to see its bytes."""
    try:
        wanted = UUID(visit.request.path_params["delivery"])
    except ValueError as error:
        raise HTTPException(404) from error
    found = await visit.serving.timelines.delivery(visit.who, wanted)
    if found is None:
        raise HTTPException(404)
    return visit.page("delivery.html", found=found, line=found.line, blobs=visit.serving.blobs is not None)


async def _page(visit: Visit, connector: str | None, outcome: Outcome | None) -> DeliveryPage:
    cursor = visit.request.query_params.get("cursor")
    try:
        return await visit.serving.timelines.deliveries(visit.who, connector, outcome, cursor, DELIVERIES)
    except ValueError as error:
        raise HTTPException(404) from error


def _outcome(given: str) -> Outcome | None:
    try:
        return Outcome(given) if given else None
    except ValueError as error:
        raise NotUnderstood("outcome", given) from error
