"""The proxy before several processes passes over those that are gone and holds no stream back."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from parts.loopback import free_port
from parts.proxy import Proxy
from parts.served import served

pytestmark = pytest.mark.real


async def told(request: Request) -> Response:
    return JSONResponse({"path": request.url.path, "query": request.url.query, "headers": dict(request.headers)})


async def stream(_request: Request) -> Response:
    async def lines() -> AsyncIterator[bytes]:
        yield b"data: 1\n\n"
        await asyncio.Event().wait()

    return StreamingResponse(lines(), media_type="text/event-stream")


APPLICATION = Starlette(routes=[Route("/stream", stream), Route("/{path:path}", told, methods=["GET", "POST"])])


async def test_what_is_said_arrives_at_once() -> None:
    with served(APPLICATION) as url, Proxy(lambda _: [url]).running(free_port()) as front:
        async with httpx.AsyncClient(trust_env=False) as client, client.stream("GET", f"{front}/stream") as answer:
            async with asyncio.timeout(5):
                assert await anext(answer.aiter_bytes()) == b"data: 1\n\n"


def test_a_process_that_is_gone_is_passed_over_and_without_any_the_answer_is_503() -> None:
    gone = f"http://127.0.0.1:{free_port()}"
    living: Sequence[str] = []
    with served(APPLICATION) as url, Proxy(lambda _: living).running(free_port()) as front:
        living = [gone, url]
        answers = [httpx.get(f"{front}/a?b=c", trust_env=False) for _ in range(4)]
        living = [gone]
        refused = httpx.get(front, trust_env=False)
    assert [(a.status_code, a.json()["path"], a.json()["query"]) for a in answers] == [(200, "/a", "b=c")] * 4
    assert refused.status_code == 503


def test_only_a_webhook_is_told_that_it_came_through_a_proxy() -> None:
    with served(APPLICATION) as url, Proxy(lambda _: [url]).running(free_port()) as front:
        hook = httpx.post(f"{front}/webhooks/a", content=b"x", trust_env=False).json()["headers"]
        page = httpx.get(f"{front}/status", trust_env=False).json()["headers"]
    assert (hook["x-forwarded-proto"], hook["x-forwarded-for"]) == ("http", "127.0.0.1")
    assert not any(name.startswith("x-forwarded") for name in page)
