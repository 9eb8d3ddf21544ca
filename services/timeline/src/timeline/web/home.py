"""The first page: whom we last heard from, and the search for anybody."""

from starlette.responses import HTMLResponse, Response

from timeline.web.status import states_of
from timeline.web.visit import Visit

RECENT = 40
FOUND = 50
LONGEST_QUERY = 200


async def home(visit: Visit) -> Response:
    """Show the customers last heard from, and each connector's state in a line."""
    feed = await visit.serving.timelines.feed_end()
    hits = await visit.serving.timelines.recent(visit.who, RECENT)
    return visit.page("home.html", hits=hits, feed=feed, states=await states_of(visit))


async def recent(visit: Visit) -> Response:
    """Give the list of the first page, for pages that are open."""
    hits = await visit.serving.timelines.recent(visit.who, RECENT)
    return HTMLResponse(visit.fragment("hits.html", hits=hits))


async def search(visit: Visit) -> Response:
    """Show whom a handle, a name or words of a message find."""
    query = visit.request.query_params.get("q", "").strip()[:LONGEST_QUERY]
    if query:
        hits = await visit.serving.timelines.search(visit.who, query, FOUND)
    else:
        hits = await visit.serving.timelines.recent(visit.who, RECENT)
    return visit.page("search.html", hits=hits, most=FOUND)
