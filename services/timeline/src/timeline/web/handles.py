"""Who stands behind a handle or a domain, what came through it, and callers of whom nothing else is known."""

from collections.abc import Iterable
from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.responses import Response

from peyvand.identity.domains import company_domain
from timeline.people import NOBODY, Placed
from timeline.ports import Customer, Hit, Page
from timeline.web.customer import ENTRIES, days_of
from timeline.web.review import done
from timeline.web.visit import Visit

UNKNOWN = 50
PEOPLE = 200
BEHIND = 20


async def handle(visit: Visit) -> Response:
    """Show a handle: whose it is or why it links nobody, whom it was seen with, and what came through it."""
    placed = await _placed(visit, visit.request.path_params["handle"])
    if placed is None:
        raise HTTPException(404)
    owners = await visit.serving.people.owners(visit.who, [placed.handle.id])
    behind = await visit.serving.people.behind(visit.who, placed.handle.id, BEHIND)
    page, owner = await _through(visit, placed.handle.id), next(iter(owners), None)
    return visit.page(
        "handle.html",
        placed=placed,
        owner=owner,
        hits=_hits(c for c in behind if c.id != placed.customer),
        most=BEHIND,
        customer=None,
        days=await days_of(page.entries, visit, owner),
        older=page.older,
        done=done(visit),
    )


async def company(visit: Visit) -> Response:
    """Show the people behind one switchboard, or with addresses at one domain."""
    asked = visit.request.path_params["company"].lower()
    placed = await _placed(visit, asked)
    if placed:
        people = await visit.serving.people.behind(visit.who, placed.handle.id, PEOPLE)
        people = [c for c in people if c.id != placed.customer]
    elif company_domain(f"x@{asked}") == asked:
        people = list(await visit.serving.people.at_domain(visit.who, asked, PEOPLE))
    else:
        raise HTTPException(404)
    title = placed.handle.value if placed else asked
    return visit.page("company.html", company=title, placed=placed, hits=_hits(people), most=PEOPLE)


async def unknown(visit: Visit) -> Response:
    """Show callers of whom nothing but a number is known."""
    cursor = visit.request.query_params.get("cursor")
    try:
        page = await visit.serving.people.unknown(visit.who, cursor, UNKNOWN)
    except ValueError as error:
        raise HTTPException(404) from error
    return visit.page("unknown.html", hits=page.hits, older=page.older, newest=cursor is None)


async def anonymous(visit: Visit) -> Response:
    """Show what came without anybody's handle."""
    page = await _through(visit, NOBODY)
    return visit.page("anonymous.html", customer=None, days=await days_of(page.entries, visit, None), older=page.older)


async def _placed(visit: Visit, written: str) -> Placed | None:
    try:
        wanted = UUID(written)
    except ValueError:
        return None
    return (await visit.serving.people.handles(visit.who, [wanted])).get(wanted)


async def _through(visit: Visit, wanted: UUID) -> Page:
    cursor = visit.request.query_params.get("cursor")
    try:
        return await visit.serving.people.through(visit.who, wanted, cursor, ENTRIES)
    except ValueError as error:
        raise HTTPException(404) from error


def _hits(customers: Iterable[Customer]) -> list[Hit]:
    return [Hit(c, " · ".join(h.value for h in c.handles[:4])) for c in customers]
