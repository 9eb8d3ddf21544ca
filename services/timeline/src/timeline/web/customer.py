"""A customer's timeline."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.responses import Response

from timeline.folds.call_backs import NO_CALLS
from timeline.folds.interaction import Interaction
from timeline.folds.thread import arounds
from timeline.ports import Customer, Page
from timeline.web import wording
from timeline.web.asked import Asked, asked_of
from timeline.web.entry import Entry, entry_of
from timeline.web.halves import halves_of
from timeline.web.visit import Visit

ENTRIES = 40


@dataclass(frozen=True, slots=True)
class Day:
    """The entries of one day."""

    key: str
    title: str
    nearness: str | None
    entries: tuple[Entry, ...]


async def customer(visit: Visit) -> Response:
    """Show a page of a timeline, newest first."""
    found = await found_customer(visit)
    asked = asked_of(visit.request.query_params)
    feed = await visit.serving.timelines.feed_end()  # before the page, so that nothing falls between
    page = await _page(visit, found, asked)
    return visit.page(
        "customer.html",
        customer=found,
        halves=await halves_of(visit, found),
        days=await days_of(page.entries, visit, found),
        older=page.older,
        asked=asked,
        channels=_channels(visit, asked, page),
        newest="cursor" not in visit.request.query_params,
        feed=feed,
    )


async def _page(visit: Visit, found: Customer, asked: Asked) -> Page:
    filters, cursor = asked.filters(visit.serving.organisation.zone), visit.request.query_params.get("cursor")
    try:
        return await visit.serving.timelines.page(visit.who, found.id, filters, cursor, ENTRIES)
    except ValueError as error:
        raise HTTPException(404) from error


def _channels(visit: Visit, asked: Asked, page: Page) -> list[str]:
    """Return what can be filtered by: what is configured, what is asked for, what is there."""
    configured = (wording.family(c.channel) for c in visit.serving.visible(visit.who))
    return list(dict.fromkeys([*configured, *asked.channels, *(e.channel for e in page.entries)]))


async def found_customer(visit: Visit) -> Customer:
    """Return the customer of the address; raises HTTPException 404."""
    try:
        found = await visit.serving.timelines.customer(visit.who, UUID(visit.request.path_params["customer"]))
    except ValueError:
        found = None
    if found is None:
        raise HTTPException(404)
    return found


async def days_of(interactions: Sequence[Interaction], visit: Visit, whose: Customer | None) -> list[Day]:
    """Return entries by day, in the order in which they come, with what stands beside each."""
    moments, organisation = visit.moments, visit.serving.organisation.id
    others = [*interactions, *await visit.serving.timelines.beside(visit.who, interactions)]
    beside = arounds(organisation, interactions, others)
    calls = await visit.serving.timelines.calls_beside(visit.who, interactions)
    around = {i: replace(a, calls=calls.get(i, NO_CALLS)) for i, a in beside.items()}
    grouped = groupby(interactions, key=lambda i: moments.day(i.occurred_at))
    return [
        Day(
            day.isoformat(),
            moments.day_title(day),
            moments.nearness(day),
            tuple(entry_of(i, moments, whose, around[i.id]) for i in those),
        )
        for day, those in grouped
    ]
