"""A connector service as a process of its own: its channels' webhooks, health and metrics, and nothing of another's."""

import asyncio
import os
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import uvloop
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, ExceptionHandler

from peyvand import log
from peyvand.app import Check, channels, health_routes, source_of
from peyvand.blobs import open_blobs
from peyvand.errors import PeyvandError, Unavailable
from peyvand.problem import problem
from peyvand.publish import Reading
from peyvand.server import listening, serve
from peyvand.settings import Configuration, Foreign, load
from peyvand.source import Source, WebhookSource
from peyvand.webhook import Hook, Webhooks


class Process(BaseSettings):
    """What a service's environment says: PEYVAND_CONFIG, PEYVAND_HOST, PEYVAND_PORT, PEYVAND_BLOBS."""

    model_config = SettingsConfigDict(env_prefix="PEYVAND_")

    config: Path = Path("peyvand.yaml")
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    blobs: str = "var/blobs"


class NoBus:
    """The bus of a process that has none: it takes nothing, so that nobody is told that something is safe."""

    WHY = "no bus: this service runs alone, so it polls no source and answers webhooks with 503"

    async def publish(self, readings: Sequence[Reading]) -> None:
        """Refuse; the caller hears 503 and keeps what it has."""
        del readings
        raise Unavailable(self.WHY, retry_after=60)

    async def ready(self) -> str | None:
        """Say so."""
        return self.WHY


def application(configuration: Configuration, sources: Sequence[Source], process: Process) -> Starlette:
    """Return a connector service's HTTP application."""
    bus, blobs = NoBus(), open_blobs(process.blobs)
    hooks = {
        c.name: Hook(source, c.settings)
        for c in configuration.connectors
        if not isinstance(c.settings, Foreign) and isinstance(source := source_of(c, sources), WebhookSource)
    }
    checks: Mapping[str, Check] = {"bus": bus.ready}
    webhooks = Webhooks(hooks, configuration.organisation, bus, blobs)
    handlers: Mapping[Any, ExceptionHandler] = {HTTPException: _refused, Exception: _our_fault}
    return Starlette(routes=[webhooks.route(), *health_routes(checks)], exception_handlers=handlers)


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return problem(error.status_code, f"{error.detail}.", headers=error.headers)


async def _our_fault(_request: Request, _error: Exception) -> Response:
    return problem(500, "Something went wrong here; the service's log says what.")


def main(sources: Sequence[Source]) -> int:
    """Run a connector service; what stands in the way is printed in words, and the exit code is 2."""
    try:
        run(sources, os.environ)
    except PeyvandError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def run(sources: Sequence[Source], environment: Mapping[str, str]) -> None:
    """Serve a connector service until it is told to stop; raises Misconfigured with every mistake, AddressTaken."""
    log.configure()
    process = Process()
    configuration = load(process.config, channels(sources), environment, others=True)
    with listening(process.host, process.port) as listener:
        uvloop.run(_serve(application(configuration, sources, process), listener))


async def _serve(app: ASGIApp, listener: socket.socket) -> None:
    await serve(app, listener, asyncio.Event())
