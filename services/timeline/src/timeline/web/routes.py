"""The pages' addresses."""

from functools import cache

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from timeline.serving import Serving
from timeline.web import acts, live
from timeline.web.customer import customer
from timeline.web.deliveries import deliveries, delivery
from timeline.web.formatted import formatted
from timeline.web.handles import anonymous, company, handle, unknown
from timeline.web.home import home, recent, search
from timeline.web.identity import identity
from timeline.web.language import load_languages
from timeline.web.rendering import Rendering, load_rendering
from timeline.web.review import decisions, suggestions
from timeline.web.static_files import static_files
from timeline.web.status import status
from timeline.web.visit import Endpoint, Show, shown
from timeline.web.why import why

PAGES: dict[str, Show] = {
    "/": home,
    "/recent": recent,
    "/search": search,
    "/status": status,
    "/customers/{customer}": customer,
    "/customers/{customer}/identity": identity,
    "/interactions/{interaction}": why,
    "/interactions/{interaction}/formatted": formatted,
    "/handles/{handle}": handle,
    "/companies/{company}": company,
    "/unknown": unknown,
    "/anonymous": anonymous,
    "/suggestions": suggestions,
    "/decisions": decisions,
    "/deliveries": deliveries,
    "/deliveries/{delivery}": delivery,
}
FORMS: dict[str, Show] = {
    "/customers": acts.create,
    "/customers/{customer}/merge": acts.merge,
    "/customers/{customer}/split": acts.split,
    "/customers/{customer}/different": acts.different,
    "/customers/{customer}/name": acts.name,
    "/customers/{customer}/tag": acts.tag,
    "/customers/{customer}/not-a-customer": acts.not_a_customer,
    "/handles/{handle}/shared": acts.shared,
    "/handles/{handle}/personal": acts.personal,
    "/interactions/{interaction}/move": acts.move,
    "/suggestions/confirm": acts.confirm,
    "/suggestions/dismiss": acts.dismiss,
    "/decisions/{act}/revoke": acts.revoke,
}
STREAMS: dict[str, Show] = {"/live": live.of_anybody, "/customers/{customer}/live": live.of_customer}


def routes(serving: Serving) -> list[BaseRoute]:
    """Return the routes of the pages and their static files."""
    rendering = _rendering()
    pages = [Route(path, shown(serving, rendering, show)) for path, show in PAGES.items()]
    streams = [Route(path, _unless_head(shown(serving, rendering, show))) for path, show in STREAMS.items()]
    forms = [Route(path, shown(serving, rendering, show), methods=["POST"]) for path, show in FORMS.items()]
    return [*pages, *forms, *streams, Mount("/static", static_files(), name="static")]


@cache
def _rendering() -> Rendering:
    """Return what the package's own files make; they do not change while it runs."""
    return load_rendering(load_languages())


def _unless_head(stream: Endpoint) -> Endpoint:
    """Return an endpoint that does not stream for ever to who asks for the head alone."""

    async def endpoint(request: Request) -> Response:
        return Response(media_type="text/event-stream") if request.method == "HEAD" else await stream(request)

    return endpoint
