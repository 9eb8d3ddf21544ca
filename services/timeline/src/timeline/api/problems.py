"""Every error of the API as a problem body (RFC 9457)."""

from collections.abc import Callable, Coroutine
from typing import Any

import structlog
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from peyvand.errors import BadPayload, Fault, Rejected, Unavailable
from peyvand.problem import problem
from timeline.api import examples
from timeline.nonsense import NotThere, Undecidable
from timeline.serving import NotSignedIn

log = structlog.get_logger("timeline.api")
Handler = Callable[[Request, Any], Coroutine[Any, Any, Response]]


class Problem(BaseModel):
    """A problem body."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.PROBLEM]})

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] | None = Field(None, description="Each with a JSON `pointer` and a `detail`.")


def problem_handlers() -> dict[int | type[Exception], Handler]:
    """Return what turns errors into problems: FastAPI(exception_handlers=problem_handlers())."""
    return {
        HTTPException: _http,
        RequestValidationError: _bad_parameters,
        BadPayload: _bad_payload,
        Rejected: _never_there,
        Undecidable: _undecidable,
        NotThere: _not_there,
        NotSignedIn: _not_signed_in,
        Unavailable: _unavailable,
        Exception: _our_fault,
    }


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the problems of a route for its description."""
    content = {"application/problem+json": {"schema": Problem.model_json_schema()}}
    return {status: {"description": DESCRIPTIONS[status], "content": content} for status in statuses}


DESCRIPTIONS = {
    401: "Neither the local user nor a known token asks",
    403: "Who asks has not the right to this",
    404: "There is no such thing, or it may not be seen",
    415: "The body is not said to be JSON",
    422: "A parameter cannot be understood; `errors` names each by a JSON pointer such as /query/limit",
    503: "The store is away; try again after the seconds of Retry-After",
}


async def _http(_request: Request, error: HTTPException) -> Response:
    return problem(error.status_code, error.detail, headers=error.headers)


async def _bad_parameters(_request: Request, error: RequestValidationError) -> Response:
    faults = [Fault(_pointer(e["loc"]), _sentence(e)) for e in error.errors()]
    return problem(422, "; ".join(f"{f.pointer}: {f.why}" for f in faults[:5]) + ".", faults=faults)


async def _bad_payload(_request: Request, error: BadPayload) -> Response:
    return problem(422, f"{error}.", faults=error.faults)


async def _undecidable(_request: Request, error: Undecidable) -> Response:
    return problem(422, f"{error}.", faults=[Fault(f"/body/{error.field}", str(error))])


async def _not_there(_request: Request, error: NotThere) -> Response:
    return problem(404, str(error))


async def _never_there(_request: Request, _error: Rejected) -> Response:
    # in the words of the database it would say more of ours than of theirs
    return problem(422, "A parameter holds what nothing in the store can hold, such as a NUL character.")


async def _not_signed_in(_request: Request, error: NotSignedIn) -> Response:
    return problem(401, str(error), headers={"WWW-Authenticate": 'Bearer realm="peyvand"'})


async def _unavailable(request: Request, error: Unavailable) -> Response:
    route = request.scope.get("route")  # the route, not the path: that may name a customer
    log.warning("not answered", route=getattr(route, "path", None), why=str(error))
    return problem(503, f"{error}.", headers={"Retry-After": str(error.retry_after)})


async def _our_fault(_request: Request, _error: Exception) -> Response:
    return problem(500, "Something went wrong here; the service's log says what.")


def _pointer(location: tuple[str | int, ...]) -> str:
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in location)
    return "".join(f"/{part}" for part in parts)


def _sentence(error: dict[str, Any]) -> str:
    match error["type"]:
        case "extra_forbidden":
            return "unknown parameter" if error["loc"][0] == "query" else "unknown member"
        case "json_invalid":
            return "is no JSON"
        case "missing":
            return "is missing"
        case _:
            return str(error["msg"]).removeprefix("Value error, ")
