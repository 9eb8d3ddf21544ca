"""The pages' own files: style, script, icons, and what came from npm."""

from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

STATIC = Path(__file__).parent / "static"
FOR_GOOD = "public, max-age=31536000, immutable"
FOR_AN_HOUR = "public, max-age=3600"


def static_files() -> ASGIApp:
    """Return what serves the files; one that is asked by its content's mark is kept by browsers for good."""
    files = StaticFiles(directory=STATIC)

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        keep = FOR_GOOD if scope.get("query_string", b"").startswith(b"v=") else FOR_AN_HOUR

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in (200, 206, 304):
                MutableHeaders(scope=message).update({"Cache-Control": keep, "X-Content-Type-Options": "nosniff"})
            await send(message)

        await files(scope, receive, send_on)

    return serve
