"""The API and the pages as a composition puts them together, over any timelines."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from fakes.memory_audit import MemoryAudit
from fakes.memory_ledger import MemoryLedger
from fakes.memory_people import MemoryPeople
from fakes.memory_timelines import MemoryTimelines
from fakes.sayings import ORGANISATION
from parts.loopback import HOST, free_port
from peyvand.settings import ApiToken, Connector, Server
from timeline import api, web
from timeline.ports import Timelines
from timeline.serving import Serving
from timeline.store import SqlTimelines
from timeline.store.ledger import SqlLedger
from timeline.store.people import SqlPeople

LOCAL = ("127.0.0.1", 50_000)
# A channel's settings are of no matter here: any model stands for them.
CONNECTORS = (
    Connector("support-inbox", "imap", Server(), "support"),
    Connector("shop-bot", "telegram", Server(), "sales"),
    Connector("pbx", "asterisk", Server()),
    Connector("site-form", "webform", Server(), "sales"),
)


def serving(timelines: Timelines, tokens: Sequence[ApiToken] = (), **more: Any) -> Serving:
    access = api.LocalOrToken(tokens, {c.name: c.team for c in CONNECTORS})
    given = {
        "organisation": ORGANISATION,
        "connectors": CONNECTORS,
        "stopping": asyncio.Event(),
        "audit": MemoryAudit(),
        **more,
    }
    if isinstance(timelines, MemoryTimelines):
        given = {"people": MemoryPeople(timelines), "ledger": MemoryLedger(timelines), **given}
    if isinstance(timelines, SqlTimelines):
        database, ours = timelines.database, timelines.organisation
        given = {"people": SqlPeople(database, ours), "ledger": SqlLedger(database, ours.id), **given}
    return Serving(timelines=timelines, access=access, **given)


def application(timelines: Timelines, **more: Any) -> FastAPI:
    return compose(serving(timelines, **more))


def compose(served: Serving) -> FastAPI:
    made = FastAPI(docs_url=None, redoc_url=None, exception_handlers=api.problem_handlers())
    made.include_router(api.routes(served))
    made.router.routes.extend(web.routes(served))
    return made


@asynccontextmanager
async def client(
    made: FastAPI, peer: tuple[str, int] = LOCAL, host: str = "http://localhost", raises: bool = True
) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(made, client=peer, raise_app_exceptions=raises)
    async with httpx.AsyncClient(transport=transport, base_url=host) as opened:
        yield opened


@asynccontextmanager
async def listening(served: Serving, port: int | None = None) -> AsyncIterator[str]:
    """Yield the address of a real server in this loop; leaving it stops the streams and then the server."""
    port = port or free_port()
    server = uvicorn.Server(uvicorn.Config(compose(served), host=HOST, port=port, log_level="warning", ws="none"))
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
        if running.done():
            running.result()
    try:
        yield f"http://{HOST}:{port}"
    finally:
        served.stopping.set()
        server.should_exit = True
        await asyncio.wait_for(running, 10)
