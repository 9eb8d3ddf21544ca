"""A call that is signed with its address holds behind a proxy: the real server, with a real proxy before it."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ingest_social.channels import twilio_sms
from parts.loopback import free_port
from parts.served import served
from peyvand.proxies import Proxies
from peyvand.server import listening, serve
from peyvand.testing import MemoryBlobs, MemoryPublisher
from peyvand.webhook import Hook, Webhooks
from social.accounts import ORGANISATION, fixture, fixture_settings

pytestmark = pytest.mark.real
SEEN = {"X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "peyvand.example.ir"}


@asynccontextmanager
async def running(publisher: MemoryPublisher, public_url: str | None, proxies: Proxies) -> AsyncIterator[str]:
    """Serve one connector with the server that the services have."""
    hook = Hook(twilio_sms.WEBHOOK, twilio_sms.Settings.model_validate(fixture_settings("twilio_sms")))
    webhooks = Webhooks({"fixture": hook}, ORGANISATION, publisher, MemoryBlobs(), public_url=public_url)
    port, stopping = free_port(), asyncio.Event()
    with listening("127.0.0.1", port) as listener:
        server = asyncio.create_task(serve(Starlette(routes=[webhooks.route()]), listener, stopping, proxies))
        await asyncio.sleep(0)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            os.kill(os.getpid(), signal.SIGTERM)
            await server


@contextmanager
def proxy(upstream: str, told: dict[str, str], host: str | None = None) -> Iterator[str]:
    """Pass requests on as nginx does: its own headers in place of the caller's, and the host it is told."""

    async def passed(request: Request) -> Response:
        headers = {k: v for k, v in request.headers.items() if k not in ("host", "content-length")}
        if host:
            headers["host"] = host
        async with httpx.AsyncClient(trust_env=False) as client:
            body = await request.body()
            url = f"{upstream}{request.url.path}" + (f"?{request.url.query}" if request.url.query else "")
            answer = await client.request(request.method, url, content=body, headers={**headers, **told})
        return Response(answer.content, answer.status_code)

    with served(Starlette(routes=[Route("/{path:path}", passed, methods=["GET", "POST"])])) as address:
        yield address


async def posted(address: str, case: str = "status_sent", **headers: str) -> int:
    call = fixture("twilio_sms", f"{case}.http")
    own = {k: v for k, v in call.headers.items() if k not in ("host", "content-length")}
    path = call.url.removeprefix("https://peyvand.example.ir")
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(address + path, content=call.body, headers={**own, **headers})
    return answer.status_code


async def test_a_trusted_proxy_that_tells_scheme_and_host_is_believed() -> None:
    publisher = MemoryPublisher()
    async with running(publisher, None, Proxies()) as upstream:
        with proxy(upstream, SEEN) as address:
            assert await posted(address) == 204
    assert publisher.readings[0].delivery.url == "https://peyvand.example.ir/webhooks/fixture?kind=status&x=1"


async def test_a_proxy_that_passes_the_host_on_and_tells_the_scheme_is_believed() -> None:
    publisher = MemoryPublisher()
    async with running(publisher, None, Proxies()) as upstream:
        with proxy(upstream, {"X-Forwarded-Proto": "https"}, "peyvand.example.ir") as address:
            assert await posted(address) == 204


async def test_a_proxy_that_tells_nothing_needs_the_public_address() -> None:
    publisher = MemoryPublisher()
    async with running(publisher, None, Proxies()) as upstream:
        with proxy(upstream, {}) as address:
            assert await posted(address) == 403
    async with running(publisher, "https://peyvand.example.ir", Proxies()) as upstream:
        with proxy(upstream, {}) as address:
            assert await posted(address) == 204


async def test_the_same_headers_of_somebody_who_is_no_named_proxy_change_nothing() -> None:
    publisher = MemoryPublisher()
    async with running(publisher, None, Proxies(("192.0.2.1",))) as upstream:
        assert await posted(upstream, **SEEN) == 403
    assert publisher.readings == []
