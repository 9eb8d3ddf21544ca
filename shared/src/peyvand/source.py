"""What a channel is: data and two or three pure functions, registered in one line."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, BinaryIO, Generic, Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from peyvand.access import Access, Grant
from peyvand.cursors import Cursor
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload, Fault, PeyvandError, Skipped, Stumbled, UnknownType
from peyvand.event import Attachment, Flag, InteractionEvent
from peyvand.identity import Organisation
from peyvand.publish import Reading

# The method of a delivery of our own: what became of a file at its vendor. Webhooks take GET, POST and PUT alone.
FILES = "FILES"
# The header of a delivery that was brought in from an archive: what it was brought in from.
IMPORTED = "peyvand-import"

S = TypeVar("S", bound=BaseModel)

Normalise = Callable[[Delivery, S, Organisation], Sequence[InteractionEvent]]
Verify = Callable[[Delivery, S], None]
Check = Callable[[S], Awaitable[str]]
# Says what it did, or None when nothing was asked of the vendor.
Enlist = Callable[[S], Awaitable[str | None]]
Follow = Callable[[Delivery, S], Awaitable[Delivery]]
# The bytes of the files that a delivery holds, by their SHA-256 in hex; pure, and asked only when an event names some.
Files = Callable[[Delivery, S], Mapping[str, bytes]]


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a pull brought: the runner makes the delivery of it."""

    body: bytes
    received_at: datetime
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Batch:
    """Some arrivals, possibly none, and the cursor that is true once they are durable.

    `trouble` says in plain words what is wrong though the source answered: a folder that is gone, a spent allowance.
    """

    arrivals: tuple[Arrival, ...]
    cursor: Cursor
    trouble: str | None = None


Fetch = Callable[[S, Cursor | None], AsyncIterator[Batch]]


@dataclass(frozen=True, slots=True)
class Remote:
    """Where the bytes of a file lie. `trusted`: the host is one that peyvand.yaml names, so it may be a private one.

    `sha256` (hex) and `size` are what the vendor says of the file, where it does.
    """

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    trusted: bool = False
    proxy: str | None = None
    sha256: str | None = None
    size: int | None = None


# Writes the bytes of a file that no address of the web leads to, at most so many; raises Unavailable, Gone, TooLarge.
Bring = Callable[[BinaryIO, int], Awaitable[None]]
# Asks a vendor where a file lies that an attachment names by `at`; raises Unavailable (ask again), Gone (never again).
Locate = Callable[[S, Attachment], Awaitable[Remote | Bring]]
# Writes a recording, read from the first and by its file's name, into the second as browsers play it; False when there
# is no need, or it is none. Called in a thread.
Playable = Callable[[BinaryIO, str, BinaryIO], bool]


class Taker(Protocol):
    """Who takes what a listening source is handed."""

    async def take(self, arrival: Arrival) -> None:
        """Return once the arrival is durable; raises Unavailable, and then the sender must keep it."""
        ...

    def refused(self, status: int) -> None:
        """Count what was turned away before it was a delivery, by the protocol's own code."""
        ...


# Listens while the body of the context runs; at its end no more is taken, and what is being taken is answered.
Listen = Callable[[S, Taker], AbstractAsyncContextManager[None]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a webhook's caller gets when all went well."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a caller is turned away: what a problem body (RFC 9457) would say, and the headers that go with it."""

    status: int
    why: str
    faults: tuple[Fault, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


# Counts the proved calls of one connector by the network address that they come from; raises TooMany.
Guard = Callable[[Delivery, str], None]


def accepted(_delivery: Delivery, _settings: BaseModel) -> Answer:
    """Answer 200 with nothing: some vendors execute what a body says."""
    return Answer()


async def nothing_to_check(_settings: BaseModel) -> str:
    """Say that a source has no sign-in."""
    return "ready; it has no sign-in to try"


def always(_settings: BaseModel) -> bool:
    """Serve every connector of the channel; see both halves of what is said."""
    return True


def never(_settings: BaseModel) -> bool:
    """See only what others write to us."""
    return False


def nothing_beside(_delivery: Delivery, _settings: BaseModel) -> Mapping[str, str]:
    """Add no header."""
    return {}


def unguarded(_settings: BaseModel) -> Guard | None:
    """Let calls come as often as they do."""
    return None


def nowhere(_settings: BaseModel) -> str | None:
    """Hand deliveries on to nobody."""
    return None


@dataclass(frozen=True, slots=True)
class WebhookSource(Generic[S]):
    """A source that calls us. `ours`: the contract is our own, so an unreadable body is answered 422, not kept.
    `apart`: its service serves it at an address of its own, and not below /webhooks.

    `challenge` answers a GET handshake (None: no such method); `answer` says what a good delivery is answered with;
    `serves` chooses among a channel's sources by a connector's settings. Where a delivery only names what proves it (a
    certificate), `prove` fetches that into a header of its own for `verify`; `follow` does what a verified one asks for
    and fetches what it names. Both may raise Unavailable.

    `methods` are those that deliver: a vendor that hands over by GET names it; HEAD never delivers.
    `enlist` tells the vendor at the start whom to call; `take_over` does as `check`, and takes from others what the
    vendor brings them instead of us. `keeps`: how long the vendor holds what was not taken.

    `locate` says where the files lie that its events only name; `playable` makes of them what browsers play.
    `relays_to` names whom each delivery is handed on to, unchanged, once it is durable; `sees_outbound` is false where
    the vendor never tells what we write ourselves.

    What pages in browsers need: `preflight` answers OPTIONS, `beside` are headers of every answer, `refuse` says it in
    another way than by a problem body (None: by one), `guard` makes what counts a connector's calls.
    """

    name: str
    settings: type[S]
    verify: Verify[S]
    normalise: Normalise[S]
    prove: Follow[S] | None = None
    follow: Follow[S] | None = None
    challenge: Callable[[Delivery, S], Answer] | None = None
    answer: Callable[[Delivery, S], Answer] = accepted
    preflight: Callable[[Delivery, S], Answer] | None = None
    beside: Callable[[Delivery, S], Mapping[str, str]] = nothing_beside
    refuse: Callable[[Delivery, S, Refusal], Answer | None] | None = None
    guard: Callable[[S], Guard | None] = unguarded
    check: Check[S] = nothing_to_check
    serves: Callable[[S], bool] = always
    max_body: int = 5 * 1024 * 1024
    ours: bool = False
    apart: bool = False
    revision: int = 1
    files: Files[S] | None = None
    locate: Locate[S] | None = None
    playable: Playable | None = None
    relays_to: Callable[[S], str | None] = nowhere
    enlist: Enlist[S] | None = None
    take_over: Check[S] | None = None
    keeps: timedelta | None = None
    sees_outbound: Callable[[S], bool] = always
    methods: tuple[str, ...] = ("POST", "PUT")


@dataclass(frozen=True, slots=True)
class OAuth(Generic[S]):
    """How those of a channel's accounts are asked that a person signs in to: `grant` is None for all others."""

    grant: Callable[[S], Grant | None]
    fetch: Callable[[S, Cursor | None, Access], AsyncIterator[Batch]]
    check: Callable[[S, Access], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class PullSource(Generic[S]):
    """A source that we ask. `fetch` yields batches for ever, an empty one when the source answered with nothing new.

    It is resumed only after the batch is durable and its cursor saved, so whatever it acknowledges to the vendor on
    resuming is safe; one that acknowledges nothing may be resumed `ahead` of that. It raises Unavailable (try again),
    SignInFailed (tell a human).
    """

    name: str
    settings: type[S]
    fetch: Fetch[S]
    normalise: Normalise[S]
    check: Check[S] = nothing_to_check
    serves: Callable[[S], bool] = always
    revision: int = 1
    files: Files[S] | None = None
    locate: Locate[S] | None = None
    playable: Playable | None = None
    relays_to: Callable[[S], str | None] = nowhere
    take_over: Check[S] | None = None
    keeps: timedelta | None = None
    sees_outbound: Callable[[S], bool] = always
    oauth: OAuth[S] | None = None
    ahead: bool = False

    def grant(self, settings: S) -> Grant | None:
        """Return how an account's tokens are had, or None when it needs none."""
        return self.oauth.grant(settings) if self.oauth else None

    def with_access(self, access: Access) -> "PullSource[S]":
        """Return the source as it asks for one account with its tokens."""
        assert self.oauth is not None
        ask, check = self.oauth.fetch, self.oauth.check
        return replace(self, fetch=lambda s, cursor: ask(s, cursor, access), check=lambda s: check(s, access))


@dataclass(frozen=True, slots=True)
class ListenSource(Generic[S]):
    """A source that hands over by a protocol of its own, to a port of ours.

    `listen` raises Unavailable when it cannot listen; it answers its sender only for what `Taker.take` returned from.
    """

    name: str
    settings: type[S]
    listen: Listen[S]
    normalise: Normalise[S]
    check: Check[S] = nothing_to_check
    serves: Callable[[S], bool] = always
    revision: int = 1
    files: Files[S] | None = None
    locate: Locate[S] | None = None
    playable: Playable | None = None


Source = WebhookSource[Any] | PullSource[Any] | ListenSource[Any]


@dataclass(frozen=True, slots=True)
class Sense:
    """The part of a source that reads, which can be handed to another process."""

    name: str
    normalise: Normalise[Any]
    revision: int
    files: Files[Any] | None


def sense(source: Source) -> Sense:
    """Return the part of a source that reads."""
    return Sense(source.name, source.normalise, source.revision, source.files)


def unreadable(error: ValidationError) -> BadPayload:
    """Return what a model found wrong, as JSON pointers and sentences, without the values."""
    found = error.errors(include_input=False)
    faults = [Fault(_pointer(e["loc"]), e["msg"].removeprefix("Value error, ")) for e in found]
    return BadPayload("; ".join(f"{f.pointer or '/'}: {f.why}" for f in faults[:5]), faults)


def _pointer(location: tuple[int | str, ...]) -> str:
    """Return a place as a JSON pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in location)


def normalised(
    source: Source | Sense, delivery: Delivery, settings: BaseModel, organisation: Organisation
) -> tuple[InteractionEvent, ...]:
    """Return a delivery's events; raises Skipped, BadPayload, or Stumbled whatever the channel stumbled over."""
    if delivery.method == FILES:
        return (InteractionEvent.model_validate_json(delivery.body),)
    try:
        events = tuple(source.normalise(delivery, settings, organisation))
    except PeyvandError:
        raise
    except ValidationError as error:
        raise unreadable(error) from error
    except Exception as error:  # a fault of ours in reading must not lose the delivery nor block the next
        raise Stumbled(f"the {source.name} normaliser failed: {type(error).__name__}") from error
    if not events:
        raise Skipped("nothing in it")
    if archive := delivery.headers.get(IMPORTED):
        events = tuple(_imported(events, archive))
    return events if source.revision == 1 else tuple(_revised(events, source.revision))


def read(source: Source | Sense, delivery: Delivery, settings: BaseModel, organisation: Organisation) -> Reading:
    """Return what a delivery means: events, the rule that skips it, or why it is kept."""
    try:
        return Reading(delivery, events=normalised(source, delivery, settings, organisation))
    except Skipped as rule:
        return Reading(delivery, skipped=str(rule))
    except BadPayload as error:
        return Reading(delivery, kept=str(error), unknown=isinstance(error, UnknownType))


def _imported(events: Sequence[InteractionEvent], archive: str) -> list[InteractionEvent]:
    """Return events that say that they are history, so that nobody reads their receipt as a delay."""
    flag = Flag(name="imported", why=f"brought in from {archive}")
    return [e.model_copy(update={"flags": (*e.flags, flag)}) for e in events]


def _revised(events: Sequence[InteractionEvent], revision: int) -> list[InteractionEvent]:
    return [e.model_copy(update={"normaliser": revision}) for e in events]
