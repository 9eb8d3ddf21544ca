"""The parts of every service's HTTP application: health, metrics, and its connectors put to work."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from peyvand.blobs import Blobs
from peyvand.cursors import Cursors
from peyvand.publish import Publisher
from peyvand.pull import Pull
from peyvand.settings import Configuration, Connector
from peyvand.source import PullSource, Source, WebhookSource
from peyvand.webhook import Hook, Webhooks

# Returns None when ready, else says in words what is not.
Check = Callable[[], Awaitable[str | None]]


def channels(sources: Iterable[Source]) -> dict[str, type[BaseModel]]:
    """Return the settings of each channel."""
    return {source.name: source.settings for source in sources}


def source_of(connector: Connector, sources: Iterable[Source]) -> Source:
    """Return the source that serves a connector: by its channel, and by its settings where a channel has several."""
    for source in sources:
        if source.name == connector.channel and source.serves(connector.settings):
            return source
    raise LookupError(f"no source of channel {connector.channel} serves {connector.name}")


@dataclass(frozen=True, slots=True)
class Connectors:
    """A configuration's connectors, told apart by who calls whom."""

    webhooks: Webhooks
    pulls: tuple[Pull, ...]


def put_to_work(
    configuration: Configuration,
    sources: Iterable[Source],
    publisher: Publisher,
    cursors: Cursors,
    blobs: Blobs,
    holder: str,
) -> Connectors:
    """Return the webhooks and pulls of all connectors that one of the sources serves; `holder` names us on leases."""
    known = tuple(sources)
    names = {source.name for source in known}
    organisation = configuration.organisation
    hooks: dict[str, Hook] = {}
    pulls: list[Pull] = []
    for c in configuration.connectors:
        if c.channel not in names:
            continue
        match source_of(c, known):
            case WebhookSource() as source:
                hooks[c.name] = Hook(source, c.settings)
            case PullSource() as source:
                pulls.append(Pull(c.name, source, c.settings, organisation, publisher, cursors, blobs, holder))
    return Connectors(Webhooks(hooks, organisation, publisher, blobs), tuple(pulls))


def health_routes(checks: Mapping[str, Check]) -> list[BaseRoute]:
    """Return /health/live, /health/ready (what is not ready, in words) and /metrics."""

    async def live(_request: Request) -> Response:
        return JSONResponse({"live": True})

    async def ready(_request: Request) -> Response:
        said = {name: await check() for name, check in checks.items()}
        wrong = {name: why for name, why in said.items() if why is not None}
        return JSONResponse({"ready": not wrong, "not_ready": wrong}, 503 if wrong else 200)

    async def metrics(_request: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return [Route("/health/live", live), Route("/health/ready", ready), Route("/metrics", metrics)]
