"""One address in front of several processes, as a reverse proxy gives it: streams pass through as they come."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from itertools import count

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from parts.served import served

# Returns the addresses of the processes that may answer a path.
Upstreams = Callable[[str], Sequence[str]]
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
OF_ONE_CONNECTION = {b"connection", b"keep-alive", b"transfer-encoding", b"upgrade", b"te", b"trailer"}


@dataclass(slots=True)
class Proxy:
    """Passes each request to one of its path's processes in turn; one that does not listen is passed over."""

    upstreams: Upstreams
    _turn: Iterator[int] = field(default_factory=count)

    @contextmanager
    def running(self, port: int) -> Iterator[str]:
        @asynccontextmanager
        async def client(app: Starlette) -> AsyncIterator[None]:
            limits = httpx.Limits(max_connections=None, max_keepalive_connections=50)
            async with httpx.AsyncClient(
                timeout=httpx.Timeout(None, connect=2), limits=limits, trust_env=False
            ) as opened:
                app.state.client = opened
                yield

        with served(Starlette(routes=[Route("/{path:path}", self._answer, methods=METHODS)], lifespan=client), port):
            yield f"http://127.0.0.1:{port}"

    async def _answer(self, request: Request) -> Response:
        body = await request.body()
        living = self.upstreams(request.url.path)
        first = next(self._turn)
        for upstream in (living[(first + n) % len(living)] for n in range(len(living))):
            try:
                return await _passed(request, body, upstream)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
            except httpx.HTTPError as error:  # it may have been taken: asking another one is the caller's to decide
                return Response(f"the process broke off: {type(error).__name__}", 502)
        return Response("no process takes this now", 503, headers={"Retry-After": "1"})


async def _passed(request: Request, body: bytes, upstream: str) -> Response:
    client: httpx.AsyncClient = request.app.state.client
    path = request.scope["raw_path"].decode() + (f"?{request.url.query}" if request.url.query else "")
    sent = client.build_request(request.method, upstream + path, headers=_headers(request), content=body)
    answer = await client.send(sent, stream=True)

    async def content() -> AsyncIterator[bytes]:
        try:
            async for part in answer.aiter_raw():
                yield part
        except httpx.HTTPError:
            return  # the process ended in mid-answer, and so does the answer
        finally:
            await answer.aclose()

    passed = StreamingResponse(content(), answer.status_code)
    passed.raw_headers = [(k.lower(), v) for k, v in answer.headers.raw if k.lower() not in OF_ONE_CONNECTION]
    return passed


def _headers(request: Request) -> list[tuple[bytes, bytes]]:
    """Return the request's headers; only for webhooks with the two that say it came through a proxy.

    What a person at this machine asks for passes as an SSH tunnel would pass it, so that it is still asked from here.
    """
    given = [(k, v) for k, v in request.scope["headers"] if k not in OF_ONE_CONNECTION | {b"content-length"}]
    if not request.url.path.startswith("/webhooks/"):
        return given
    peer = request.client.host if request.client else "127.0.0.1"
    return [*given, (b"x-forwarded-for", peer.encode()), (b"x-forwarded-proto", b"http")]
