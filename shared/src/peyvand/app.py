"""The parts of every service's HTTP application: health, metrics, and its connectors put to work."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from peyvand.blobs import Blobs
from peyvand.cursors import Cursors
from peyvand.describing import Describing, nature_of
from peyvand.enlisting import Enlisting
from peyvand.errands import Errands
from peyvand.listen import Listener
from peyvand.oauth import Accounts
from peyvand.publish import Publisher
from peyvand.pull import Pull
from peyvand.pulling import Runs
from peyvand.runners import Means, Runners, runners
from peyvand.settings import Configuration, Connector
from peyvand.source import ListenSource, PullSource, Source, WebhookSource
from peyvand.webhook import Hook, Webhooks
from peyvand.workers import Workers

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
class Adapters:
    """What a composition root has chosen; `holder` names this process on leases.

    `called` takes what is brought to us where that differs. Without `cursors` nothing is pulled. `accounts` have the
    tokens of accounts that a person signs in to; `workers` read large batches of what is pulled. Without `errands`
    files stay at their vendors and nothing is handed on.
    """

    publisher: Publisher
    cursors: Cursors | None
    blobs: Blobs
    holder: str
    called: Publisher | None = None
    accounts: Accounts | None = None
    workers: Workers = field(default_factory=lambda: Workers(1))
    errands: Errands | None = None


@dataclass(frozen=True, slots=True)
class Connectors:
    """A configuration's connectors, told apart by who calls whom; those `apart` have addresses of their own."""

    webhooks: Webhooks
    pulls: tuple[Pull, ...]
    listeners: tuple[Listener, ...] = ()
    beginnings: tuple[Enlisting | Describing, ...] = ()
    apart: Mapping[str, Hook] = field(default_factory=dict)
    runners: Runners = field(default_factory=Runners)

    @property
    def running(self) -> tuple[Runs, ...]:
        """Return what runs by itself, beside the webhooks."""
        return (*self.pulls, *self.listeners, *self.beginnings, *self.runners.running)

    async def listening(self) -> str | None:
        """Return None when every listener listens, else which does not, and why."""
        return "; ".join(f"{x.connector}: {x.trouble}" for x in self.listeners if x.trouble) or None


def put_to_work(configuration: Configuration, sources: Iterable[Source], adapters: Adapters) -> Connectors:
    """Return the webhooks, pulls and listeners of all connectors that one of the sources serves."""
    organisation, cursors = configuration.organisation, adapters.cursors
    publisher, blobs, holder = adapters.publisher, adapters.blobs, adapters.holder
    called = adapters.called or publisher
    hooks: dict[str, Hook] = {}
    apart: dict[str, Hook] = {}
    pulls: list[Pull] = []
    listeners: list[Listener] = []
    known = served(configuration, sources)
    doing = runners(known, Means(publisher, blobs, holder, adapters.errands, cursors, configuration.retention))
    for c, source in known:
        match source:
            case WebhookSource():
                (apart if source.apart else hooks)[c.name] = Hook(source, c.settings)
            case ListenSource():
                listeners.append(Listener(c.name, source, c.settings, organisation, called, cursors, blobs, doing.desk))
            case PullSource() if cursors is not None:
                asked = with_access(c, source, adapters.accounts)
                own = (publisher, cursors, blobs, holder, adapters.workers, doing.desk)
                pulls.append(Pull(c.name, asked, c.settings, organisation, *own))
            case PullSource():
                pass  # its own process says so: what has no cursors polls nothing
    public = configuration.server.public_url
    webhooks = Webhooks(hooks, organisation, called, blobs, desk=doing.desk, public_url=public)
    return Connectors(webhooks, tuple(pulls), tuple(listeners), tuple(_beginnings(known, cursors)), apart, doing)


def _beginnings(known: Sequence[tuple[Connector, Source]], cursors: Cursors | None) -> Iterator[Enlisting | Describing]:
    """Return what is told once at the start: to vendors whom to call, to readers what each connector can know."""
    for c, source in known:
        if isinstance(source, WebhookSource) and source.enlist is not None:
            yield Enlisting(c.name, source.enlist, c.settings, cursors)
    if known and cursors is not None:
        yield Describing({c.name: nature_of(source, c.settings) for c, source in known}, cursors)


def with_access(connector: Connector, source: PullSource[Any], accounts: Accounts | None) -> PullSource[Any]:
    """Return a connector's source as it asks: with its account's tokens, where a person signs in to it."""
    grant = source.grant(connector.settings)
    return source if grant is None or accounts is None else source.with_access(accounts.access(connector.name, grant))


def served(configuration: Configuration, sources: Iterable[Source]) -> list[tuple[Connector, Source]]:
    """Return the connectors whose channel one of the sources is of, each with the source that serves it."""
    known = tuple(sources)
    names = {source.name for source in known}
    return [(c, source_of(c, known)) for c in configuration.connectors if c.channel in names]


def health_routes(checks: Mapping[str, Check], beside: Mapping[str, Check] | None = None) -> list[BaseRoute]:
    """Return /health/live, /health/ready (what is not ready, in words) and /metrics.

    What the checks `beside` say is told, and keeps nobody from sending requests here.
    """

    async def live(_request: Request) -> Response:
        return JSONResponse({"live": True})

    async def ready(_request: Request) -> Response:
        wrong = await _said(checks)
        told = {"beside": away} if (away := await _said(beside or {})) else {}
        return JSONResponse({"ready": not wrong, "not_ready": wrong, **told}, 503 if wrong else 200)

    async def metrics(_request: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return [Route("/health/live", live), Route("/health/ready", ready), Route("/metrics", metrics)]


def drained_route(left: Callable[[], int], aside: Callable[[], int]) -> BaseRoute:
    """Return /health/drained: whether this process may go for good, or what its spool still holds."""

    async def drained(_request: Request) -> Response:
        n, m = left(), await asyncio.to_thread(aside)
        waits = f"{n} deliveries wait in the spool for the bus: this process and its volume must stay"
        kept = f"{m} files were set aside and wait for a human: the spool's volume must stay"
        why = "; ".join([waits] * bool(n) + [kept] * bool(m)) or None
        return JSONResponse({"drained": why is None, "left": n, "aside": m, "why": why}, 503 if why else 200)

    return Route("/health/drained", drained)


async def _said(checks: Mapping[str, Check]) -> dict[str, str]:
    """Return what is not ready, with why."""
    said = {name: await check() for name, check in checks.items()}
    return {name: why for name, why in said.items() if why is not None}
