"""A connector service as a process of its own: its channels' webhooks and pulls, health and metrics."""

import asyncio
import os
import secrets
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import uvloop
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import ExceptionHandler

from peyvand import log
from peyvand.app import Adapters, Check, Connectors, channels, drained_route, health_routes, put_to_work, served
from peyvand.blobs import open_blobs
from peyvand.bus import Bus, bus
from peyvand.environment import Process, Storage, told
from peyvand.errands.postgres import PostgresErrands
from peyvand.errors import Misconfigured, Mistake, PeyvandError
from peyvand.kafka.settings import KafkaSettings
from peyvand.leases import PostgresCursors
from peyvand.oauth import Accounts, Key
from peyvand.postgres_register import PostgresRegister
from peyvand.problem import problem
from peyvand.pulling import pulling
from peyvand.register import Register
from peyvand.server import listening, serve
from peyvand.settings import Configuration, load
from peyvand.source import PullSource, Source, WebhookSource
from peyvand.workers import Workers

# Makes the routes that a service has beside its webhooks, of the connectors that are served apart from them.
Beside = Callable[[Connectors, Register | None], Sequence[BaseRoute]]


def nothing_beside(_connectors: Connectors, _register: Register | None) -> Sequence[BaseRoute]:
    """Return no route."""
    return ()


@dataclass(frozen=True, slots=True)
class Service:
    """What a connector service is told: its file, its sources, its environment."""

    configuration: Configuration
    sources: tuple[Source, ...]
    process: Process
    storage: Storage
    kafka: KafkaSettings

    def database(self) -> str | None:
        """Return where cursors, and what is known of connectors, are; None without such a place.

        Raises Misconfigured when something is polled, or has a register, and there is none.
        """
        pulled = [c.name for c, s in served(self.configuration, self.sources) if _remembers(s)]
        if not self.kafka.servers:
            return None
        url = self.storage.database_of(self.configuration)
        if url is None or not url.startswith("postgres"):
            if not pulled:
                return None
            why = f"{', '.join(pulled)} keep their place in PostgreSQL: set DATABASE_URL, or this to its URL"
            raise Misconfigured(str(self.process.config), [Mistake(1, "storage.database", why)])
        return url

    def key(self) -> Key:
        """Return what tokens are sealed with; raises NoKey when an account needs it and there is none."""
        key = Key(self.process.key)
        pulled = [(c, s) for c, s in served(self.configuration, self.sources) if isinstance(s, PullSource)]
        if any(source.grant(connector.settings) for connector, source in pulled):
            key.seal()
        return key


@asynccontextmanager
async def running(service: Service, beside: Beside = nothing_beside) -> AsyncIterator[Starlette]:
    """Run everything but the server; at the end pulls end first, then what was taken becomes durable."""
    url = service.database()
    blobs = open_blobs(service.process.blobs_of(service.configuration))
    async with AsyncExitStack() as stack:
        taken = await stack.enter_async_context(bus(service.kafka, service.process.spool))
        cursors = await stack.enter_async_context(PostgresCursors(url).running()) if url else None
        holder = _holder()
        accounts = Accounts(cursors, service.key(), holder) if cursors else None
        workers = await stack.enter_async_context(Workers())
        errands = PostgresErrands(cursors.database) if cursors else None
        adapters = Adapters(taken.pulled, cursors, blobs, holder, taken.called, accounts, workers, errands)
        connectors = put_to_work(service.configuration, service.sources, adapters)
        await stack.enter_async_context(pulling(connectors.running))
        register = await stack.enter_async_context(PostgresRegister(url).running()) if url else None
        yield _application(connectors, taken, cursors, beside(connectors, register))


def _remembers(source: Source) -> bool:
    """Return whether a source's connectors have something to remember between two processes."""
    return isinstance(source, PullSource) or (isinstance(source, WebhookSource) and source.apart)


def _holder() -> str:
    """Return the name of this process on leases: no other has it, not even the same one started again."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def _application(
    connectors: Connectors, taken: Bus, cursors: PostgresCursors | None, own: Sequence[BaseRoute] = ()
) -> Starlette:
    asked = {"cursors": cursors.ready} if cursors else {}
    # where webhooks are taken without the database, nobody must be turned away because of it
    takes = bool(connectors.webhooks.hooks)
    checks = {**taken.checks, **({} if takes else asked)}
    beside: dict[str, Check] = {**taken.beside, **(asked if takes else {}), "listening": connectors.listening}
    beside["errands"] = connectors.runners.ready
    health = [*health_routes(checks, beside), drained_route(taken.left, taken.aside)]
    routes = [connectors.webhooks.route(), *own, *health]
    handlers: Mapping[Any, ExceptionHandler] = {HTTPException: _refused, Exception: _our_fault}
    return Starlette(routes=routes, exception_handlers=handlers)


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return problem(error.status_code, f"{error.detail}.", headers=error.headers)


async def _our_fault(_request: Request, _error: Exception) -> Response:
    return problem(500, "Something went wrong here; the service's log says what.")


def main(sources: Sequence[Source], beside: Beside = nothing_beside) -> int:
    """Run a connector service, with routes `beside` its webhooks.

    What stands in the way is printed in words, and the exit code is 2.
    """
    log.configure()
    try:
        process = told(Process)
        configuration = load(process.config, channels(sources), os.environ, others=True)
        configuration = replace(configuration, server=process.server_of(configuration))
        service = Service(configuration, tuple(sources), process, told(Storage), told(KafkaSettings))
        with listening(process.host, process.port) as listener:
            uvloop.run(_serve(service, listener, beside))
    except PeyvandError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


async def _serve(service: Service, listener: socket.socket, beside: Beside) -> None:
    async with running(service, beside) as app:
        await serve(app, listener, asyncio.Event(), service.configuration.server.proxies)
