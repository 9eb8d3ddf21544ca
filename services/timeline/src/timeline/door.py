"""What a process answers before it has what it needs: that it lives, and what it waits for."""

from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from peyvand.app import health_routes
from peyvand.problem import problem


@dataclass(slots=True)
class Door:
    """The application behind it, once there is one."""

    why: str
    app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await (self.app or self._closed())(scope, receive, send)

    def _closed(self) -> Starlette:
        async def refused(_request: Request) -> Response:
            return problem(503, f"{self.why}.", headers={"Retry-After": "5"})

        async def waits() -> str:
            return self.why

        return Starlette(routes=[*health_routes({"database": waits}), Route("/{path:path}", refused)])
