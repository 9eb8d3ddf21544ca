"""Why an interaction is where it is: what places it there, what it is made of, where that came from."""

from dataclasses import replace
from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.responses import Response

from timeline.folds.call_backs import NO_CALLS
from timeline.folds.thread import Around, arounds
from timeline.placing import placings_of
from timeline.ports import Customer
from timeline.web.entry import entry_of
from timeline.web.home import LONGEST_QUERY
from timeline.web.identity import CANDIDATES
from timeline.web.review import done
from timeline.web.visit import Visit


async def why(visit: Visit) -> Response:
    """Show an interaction with its evidence."""
    try:
        wanted = UUID(visit.request.path_params["interaction"])
    except ValueError as error:
        raise HTTPException(404) from error
    interaction = await visit.serving.timelines.interaction(visit.who, wanted)
    if interaction is None:
        raise HTTPException(404)
    timelines, organisation = visit.serving.timelines, visit.serving.organisation.id
    beside = arounds(organisation, [interaction], await timelines.beside(visit.who, [interaction]))
    calls = (await timelines.calls_beside(visit.who, [interaction])).get(wanted, NO_CALLS)
    came_from, to = await _customer(visit), visit.request.query_params.get("to", "").strip()[:LONGEST_QUERY]
    return visit.page(
        "interaction.html",
        entry=entry_of(interaction, visit.moments, came_from, replace(beside[wanted], calls=calls), most=None),
        thread=[
            entry_of(i, visit.moments, came_from, Around()) for i in await timelines.thread(visit.who, interaction)
        ],
        customer=came_from,
        placings=await placings_of(visit.serving, visit.who, interaction),
        events=await visit.serving.timelines.why(visit.who, wanted),
        to=to,
        done=done(visit),
        candidates=await visit.serving.timelines.search(visit.who, to, CANDIDATES) if to else (),
    )


async def _customer(visit: Visit) -> Customer | None:
    """Return the customer from whose timeline the visitor comes."""
    try:
        return await visit.serving.timelines.customer(visit.who, UUID(visit.request.query_params["customer"]))
    except (KeyError, ValueError):
        return None
