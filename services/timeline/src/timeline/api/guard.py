"""What is looked at before anything of a request is read: who asks, and what kind of body it brings."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from timeline.serving import Access

LONGEST_BODY = 256 * 1024


def guarded(access: Access) -> type[APIRoute]:
    """Return a kind of route that turns strangers away before it reads their parameters, whose faults would tell what
    there is, and before it takes in their bodies."""

    class Guarded(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def guard(request: Request) -> Response:
                await access(request)
                if request.method == "POST":
                    _require_json(request)
                return await handle(request)

            return guard

    return Guarded


def _require_json(request: Request) -> None:
    """Refuse a body that is not said to be JSON: no form of another site can say so without asking the browser."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise HTTPException(415, "The body must be JSON, sent as “Content-Type: application/json”.")
    length = request.headers.get("content-length", "")
    if not length.isdecimal():
        raise HTTPException(411, "The body's length must be said in Content-Length.")
    if int(length) > LONGEST_BODY:
        raise HTTPException(413, f"The body may have at most {LONGEST_BODY} bytes.")
