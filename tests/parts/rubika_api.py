"""A local stand-in of Rubika's API of bots, over real HTTP, as far as its page and its clients tell what it does.

https://rubika.ir/botapi
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from parts.loopback import free_port
from parts.served import served

TOKEN = "CDHAGB0kVexPsQqOFhXucHkWzHrXqMhOvPtGcEmBgUpDsAjUpGiSsIkUcEzOgOoY"


@dataclass(slots=True)
class RubikaApi:
    """The server's side of one bot: all its updates, from which an offset names the next, and the calls of the bot."""

    port: int = field(default_factory=free_port)
    updates: list[dict[str, Any]] = field(default_factory=list)
    endpoints: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    refusal: Response | None = None

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v3"

    @contextmanager
    def running(self) -> Iterator["RubikaApi"]:
        routes = [Route("/v3/{token}/{method}", self._answer, methods=["POST"])]
        with served(Starlette(routes=routes), self.port):
            yield self

    async def _answer(self, request: Request) -> Response:
        if request.path_params["token"] != TOKEN:
            return JSONResponse({"status": "INVALID_ACCESS"})
        method, given = request.path_params["method"], await request.json()
        self.calls.append((method, given))
        if self.refusal is not None:
            return self.refusal
        match method:
            case "getMe":
                return _ok({"bot": {"bot_id": "b1", "bot_title": "نمونه", "username": "nemooneh_bot"}})
            case "getUpdates":
                return self._updates(int(given.get("offset_id", 0)), int(given["limit"]))
            case "updateBotEndpoints":
                self.endpoints[given["type"]] = given["url"]
                return _ok({})
            case "getFile" if given["file_id"] in self.files:
                return _ok({"download_url": self.files[given["file_id"]]})
            case _:
                return JSONResponse({"status": "INVALID_INPUT"})

    def _updates(self, offset: int, limit: int) -> Response:
        found = self.updates[offset : offset + limit]
        return _ok({"updates": found, "next_offset_id": str(offset + len(found))})


def _ok(result: Mapping[str, Any]) -> Response:
    return JSONResponse({"status": "OK", "data": result})
