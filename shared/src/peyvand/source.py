"""What a channel is: data and two or three pure functions, registered in one line."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from peyvand.cursors import Cursor
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload, Fault, PeyvandError, Skipped, Stumbled, UnknownType
from peyvand.event import InteractionEvent
from peyvand.identity import Organisation
from peyvand.publish import Reading

S = TypeVar("S", bound=BaseModel)

Normalise = Callable[[Delivery, S, Organisation], Sequence[InteractionEvent]]
Verify = Callable[[Delivery, S], None]
Check = Callable[[S], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a pull brought: the runner makes the delivery of it."""

    body: bytes
    received_at: datetime
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Batch:
    """Some arrivals, possibly none, and the cursor that is true once they are durable."""

    arrivals: tuple[Arrival, ...]
    cursor: Cursor


Fetch = Callable[[S, Cursor | None], AsyncIterator[Batch]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a webhook's caller gets when all went well."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def accepted(_delivery: Delivery, _settings: BaseModel) -> Answer:
    """Answer 200 with nothing: some vendors execute what a body says."""
    return Answer()


async def nothing_to_check(_settings: BaseModel) -> str:
    """Say that a source has no sign-in."""
    return "ready; it has no sign-in to try"


def always(_settings: BaseModel) -> bool:
    """Serve every connector of the channel."""
    return True


@dataclass(frozen=True, slots=True)
class WebhookSource(Generic[S]):
    """A source that calls us. `ours`: the contract is our own, so an unreadable body is answered 422, not kept.

    `challenge` answers a GET handshake (None: no such method); `answer` says what a good delivery is answered with;
    `serves` chooses among a channel's sources by a connector's settings.
    """

    name: str
    settings: type[S]
    verify: Verify[S]
    normalise: Normalise[S]
    challenge: Callable[[Delivery, S], Answer] | None = None
    answer: Callable[[Delivery, S], Answer] = accepted
    check: Check[S] = nothing_to_check
    serves: Callable[[S], bool] = always
    max_body: int = 5 * 1024 * 1024
    ours: bool = False
    revision: int = 1


@dataclass(frozen=True, slots=True)
class PullSource(Generic[S]):
    """A source that we ask. `fetch` yields batches for ever, an empty one when the source answered with nothing new.

    It is resumed only after the batch is durable and its cursor saved, so whatever it acknowledges to the vendor on
    resuming is safe. It raises Unavailable (try again), SignInFailed (tell a human).
    """

    name: str
    settings: type[S]
    fetch: Fetch[S]
    normalise: Normalise[S]
    check: Check[S] = nothing_to_check
    serves: Callable[[S], bool] = always
    revision: int = 1


Source = WebhookSource[Any] | PullSource[Any]


def unreadable(error: ValidationError) -> BadPayload:
    """Return what a model found wrong, as JSON pointers and sentences, without the values."""
    found = error.errors(include_input=False)
    faults = [Fault(_pointer(e["loc"]), e["msg"].removeprefix("Value error, ")) for e in found]
    return BadPayload("; ".join(f"{f.pointer or '/'}: {f.why}" for f in faults[:5]), faults)


def _pointer(location: tuple[int | str, ...]) -> str:
    """Return a place as a JSON pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in location)


def normalised(
    source: Source, delivery: Delivery, settings: BaseModel, organisation: Organisation
) -> tuple[InteractionEvent, ...]:
    """Return a delivery's events; raises Skipped, BadPayload, or Stumbled whatever the channel stumbled over."""
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
    return events if source.revision == 1 else tuple(_revised(events, source.revision))


def read(source: Source, delivery: Delivery, settings: BaseModel, organisation: Organisation) -> Reading:
    """Return what a delivery means: events, the rule that skips it, or why it is kept."""
    try:
        return Reading(delivery, events=normalised(source, delivery, settings, organisation))
    except Skipped as rule:
        return Reading(delivery, skipped=str(rule))
    except BadPayload as error:
        return Reading(delivery, kept=str(error), unknown=isinstance(error, UnknownType))


def _revised(events: Sequence[InteractionEvent], revision: int) -> list[InteractionEvent]:
    return [e.model_copy(update={"normaliser": revision}) for e in events]
