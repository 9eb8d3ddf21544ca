"""What the API and the pages are given by the composition that runs them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from starlette.requests import Request

from peyvand.blobs import Blobs
from peyvand.errors import PeyvandError
from peyvand.identity import Organisation
from peyvand.settings import Connector, Retention
from timeline.audit import Audit
from timeline.ledger import Ledger
from timeline.people import People
from timeline.ports import Principal, Timelines
from timeline.reminding import Reminder


class NotSignedIn(PeyvandError):
    """Who asks is neither the local user nor known by a token; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Bus:
    """Whether what the bus acknowledges outlives what may happen to it (None: it cannot be asked now), and why."""

    durable: bool | None
    words: str


# Returns who asks; raises NotSignedIn.
Access = Callable[[Request], Awaitable[Principal]]


def own_origin(request: Request) -> str:
    """Return the origin of our own pages, as the browser that asks calls them."""
    return f"{request.url.scheme}://{request.headers.get('host', '').strip().lower()}"


def _now() -> datetime:
    return datetime.now(UTC)


async def _nothing() -> None:
    return None


@dataclass(frozen=True, slots=True)
class Serving:
    """The timelines and the people behind them, who may read and decide, and whose they are.

    `stopping` ends all live streams: set it before the server waits for its connections, or it waits for them.
    `banner` stands above every page; a text that the catalogues know is translated.
    `blobs` holds the long bodies of deliveries; without it they are named and not shown.
    `bus` says what its acknowledgements are worth; without it the store's own commit is what callers wait for.
    `audit` is the log of who heard what; without it nothing is heard.
    `due` says why a rebuild is, if it is. `retention` says how long recordings may be heard.
    """

    timelines: Timelines
    people: People
    ledger: Ledger
    access: Access
    organisation: Organisation
    connectors: tuple[Connector, ...] = ()
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    banner: str | None = None
    blobs: Blobs | None = None
    now: Callable[[], datetime] = _now
    bus: Callable[[], Awaitable[Bus]] | None = None
    audit: Audit | None = None
    due: Callable[[], Awaitable[Reminder | None]] = _nothing
    retention: Retention = field(default_factory=Retention)

    def visible(self, who: Principal) -> list[Connector]:
        """Return the configured connectors that somebody may see."""
        return [c for c in self.connectors if who.connectors is None or c.name in who.connectors]
