"""The first page: whom we last heard from, and the search for anybody."""

from datetime import timedelta
from typing import Any

from starlette.responses import HTMLResponse, Response

from timeline.web.people import callers_of
from timeline.web.status import states_of
from timeline.web.visit import Visit

RECENT = 40
FOUND = 50
LONGEST_QUERY = 200
# As many callers as are shown, of so many missed calls, of so many days.
MISSED, MOST_MISSED, MISSED_FOR = 10, 100, timedelta(days=7)


async def home(visit: Visit) -> Response:
    """Show the customers last heard from, and each connector's state in a line."""
    feed = await visit.serving.timelines.feed_end()
    return visit.page("home.html", **await _newest(visit), feed=feed, states=await states_of(visit))


async def recent(visit: Visit) -> Response:
    """Give the lists of the first page, for pages that are open."""
    return HTMLResponse(visit.fragment("newest.html", **await _newest(visit)))


async def _newest(visit: Visit) -> dict[str, Any]:
    """Return whom we last heard from, and the missed calls of the last days that nobody has made up for."""
    timelines, since = visit.serving.timelines, visit.serving.now() - MISSED_FOR
    hits = await timelines.recent(visit.who, RECENT)
    missed = await timelines.not_called_back(visit.who, since, MOST_MISSED)
    return {"hits": hits, "missed": callers_of(missed)[:MISSED]}


async def search(visit: Visit) -> Response:
    """Show whom a handle, a name or words of a message find."""
    query = visit.request.query_params.get("q", "").strip()[:LONGEST_QUERY]
    if query:
        hits = await visit.serving.timelines.search(visit.who, query, FOUND)
    else:
        hits = await visit.serving.timelines.recent(visit.who, RECENT)
    return visit.page("search.html", hits=hits, most=FOUND)
