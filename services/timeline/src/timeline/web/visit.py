"""One visit to a page: who comes, in which language; and what is said when the page cannot be shown."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from peyvand.errors import Rejected, Unavailable
from timeline.nonsense import NotThere, Undecidable
from timeline.ports import Principal
from timeline.recordings import may_hear
from timeline.serving import NotSignedIn, Serving
from timeline.web import wording
from timeline.web.asked import NotUnderstood
from timeline.web.forms import Foreign
from timeline.web.headers import guarded
from timeline.web.language import COOKIE, Language, marked
from timeline.web.moments import Moments
from timeline.web.rendering import Rendering

log = structlog.get_logger("timeline.web")

A_YEAR = 365 * 24 * 3600
WRONG = {
    "date": marked("“%(given)s” is no date. Dates are written like %(example)s."),
    "direction": marked("“%(given)s” is no direction."),
    "outcome": marked("“%(given)s” is nothing that becomes of a delivery."),
}


@dataclass(frozen=True, slots=True)
class Visit:
    """What a page needs to know of who looks at it."""

    request: Request
    serving: Serving
    rendering: Rendering
    language: Language
    who: Principal

    @property
    def moments(self) -> Moments:
        """Return how times are written for this visit."""
        return Moments(self.language, self.serving.organisation.zone, self.serving.now())

    def fragment(self, template: str, **values: object) -> str:
        """Return a piece of a page."""
        told = {"moments": self.moments, "may_hear": partial(may_hear, self.who), "retention": self.serving.retention}
        return self.rendering.html(self.language, template, **told, **values)

    def back_to(self, path: str) -> Response:
        """Return the answer to a form that was sent: the page on which it stands now."""
        return RedirectResponse(path, 303)

    def page(self, template: str, status: int = 200, **values: object) -> Response:
        """Return a page."""
        return HTMLResponse(
            self.fragment(template, **_frame(self.request, self.serving, self.rendering), **values), status
        )


Show = Callable[[Visit], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


def shown(serving: Serving, rendering: Rendering, show: Show) -> Endpoint:
    """Return the endpoint of a page: it lets in who may, and says in words what went wrong."""

    async def endpoint(request: Request) -> Response:
        language = rendering.languages.chosen(request)
        try:
            visit = Visit(request, serving, rendering, language, await serving.access(request))
            response = await show(visit)
        except Exception as error:  # noqa: BLE001 - a person gets a page, the log what is none of theirs to read
            response = _trouble(request, serving, rendering, error)
        if wished := rendering.languages.wished(request):
            response.set_cookie(COOKIE, wished, max_age=A_YEAR, httponly=True, samesite="lax")
        return guarded(response)

    return endpoint


def _trouble(request: Request, serving: Serving, rendering: Rendering, error: Exception) -> Response:
    language = rendering.languages.chosen(request)
    status, why, headers = _said(language, serving, error)
    if status == 500:
        log.error("page failed", path=request.url.path, exc_info=error)
    frame = _frame(request, serving, rendering)
    page = rendering.html(language, "trouble.html", status=status, why=why, **frame)
    return HTMLResponse(page, status, headers=headers)


def _said(language: Language, serving: Serving, error: Exception) -> tuple[int, str, dict[str, str]]:
    say = language.gettext
    match error:
        case NotSignedIn():
            why = say("These pages are open only on the machine that Peyvand runs on, at http://localhost.")
            return 401, why, {"WWW-Authenticate": 'Bearer realm="peyvand"'}
        case Foreign():
            return 403, say("No page of ours asked for this. Go back, load the page again, and try once more."), {}
        case Undecidable():
            return 422, say(wording.NONSENSE[error.why]), {}
        case HTTPException() if error.status_code == 413:
            return 413, say("This is too much at once."), {}
        case NotThere():
            return 404, say("There is nothing at this address, or nothing that you may see."), {}
        case HTTPException():
            return error.status_code, say("There is nothing at this address, or nothing that you may see."), {}
        case NotUnderstood():
            example = Moments(language, serving.organisation.zone, serving.now()).numeric(serving.now().date())
            return 422, say(WRONG[error.name]) % {"given": error.given[:60], "example": example}, {}
        case Rejected():
            return 422, say("The address holds characters that nothing here can hold."), {}
        case Unavailable():
            why = say("The store does not answer just now. Nothing is lost; try again in a moment.")
            return 503, why, {"Retry-After": str(error.retry_after)}
        case _:
            return 500, say("Something went wrong here. The service's log says what."), {}


def _frame(request: Request, serving: Serving, rendering: Rendering) -> dict[str, object]:
    """Return what stands around every page."""
    query = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return {
        "path": request.url.path,
        "query": query,
        "languages": list(rendering.languages),
        "banner": serving.banner,
        "organisation": serving.organisation.name,
        "q": request.query_params.get("q", ""),
    }
