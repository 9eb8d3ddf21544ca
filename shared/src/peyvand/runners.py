"""Who does a process's errands: the desk that takes them down, the worker for files, a line for each that hands on."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from peyvand.blobs import Blobs
from peyvand.cursors import Cursors
from peyvand.errands import Desk, Errands
from peyvand.media import LARGEST, Fetching, MediaWorker, Place
from peyvand.publish import Publisher
from peyvand.redaction import secrets_of
from peyvand.relay import Relay
from peyvand.settings import Connector, Retention
from peyvand.source import ListenSource, Source

Known = Sequence[tuple[Connector, Source]]
_MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Means:
    """What errands are done with; they are done only where they can be kept and leased."""

    publisher: Publisher
    blobs: Blobs
    holder: str
    errands: Errands | None = None
    cursors: Cursors | None = None
    retention: Retention = field(default_factory=Retention)


@dataclass(frozen=True, slots=True)
class Runners:
    """A process's errands; `undone` are the connectors that need some, where there is no place to keep them."""

    desk: Desk = field(default_factory=Desk)
    media: MediaWorker | None = None
    relays: tuple[Relay, ...] = ()
    undone: tuple[str, ...] = ()

    @property
    def running(self) -> tuple[Desk | MediaWorker | Relay, ...]:
        """Return what runs by itself."""
        if self.desk.errands is None:
            return ()
        return (self.desk, *((self.media,) if self.media else ()), *self.relays)

    async def ready(self) -> str | None:
        """Return None when errands are done, else what is not, and why."""
        if self.undone:
            names = ", ".join(self.undone)
            return (
                f"files of {names} stay at their vendors, and nothing is handed on: both are kept track of in"
                " PostgreSQL, and DATABASE_URL is not set"
            )
        told = [self.desk.trouble, self.media and self.media.trouble, *(_of(relay) for relay in self.relays)]
        return "; ".join(why for why in told if why) or None


def runners(known: Known, means: Means) -> Runners:
    """Return who does the errands of connectors; nobody where none has any."""
    places = {c.name: place for c, source in known if (place := _place(c, source))}
    urls = {c.name: url for c, source in known if (url := _relayed_to(c, source))}
    if means.errands is None or means.cursors is None:
        return Runners(undone=tuple(sorted(places.keys() | urls.keys())))
    desk = Desk(means.errands)
    fetching = Fetching(means.publisher, means.blobs, retention=means.retention)
    media = MediaWorker(places, means.errands, fetching, means.holder, desk) if places else None
    secrets = {c.name: secrets_of(c.settings) for c, _ in known}
    own = (means.errands, means.cursors, means.blobs, means.holder, desk)
    return Runners(desk, media, tuple(Relay(name, url, secrets[name], *own) for name, url in urls.items()))


def _place(connector: Connector, source: Source) -> Place | None:
    if source.locate is None:
        return None
    megabytes = connector.largest_file_mb
    largest = LARGEST if megabytes is None else megabytes * _MEGABYTE
    return Place(source.name, source.locate, connector.settings, largest, source.playable)


def _relayed_to(connector: Connector, source: Source) -> str | None:
    return None if isinstance(source, ListenSource) else source.relays_to(connector.settings)


def _of(relay: Relay) -> str | None:
    return relay.trouble and f"{relay.of}: what is to be handed on waits: {relay.trouble}"
