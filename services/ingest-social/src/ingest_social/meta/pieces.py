"""One request, many pieces: each is read by itself, so that none costs the others."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, TypeVar

from pydantic import ValidationError

from ingest_social.meta.envelope import Notice
from peyvand.errors import BadPayload, Fault, Skipped
from peyvand.event import Flag, InteractionEvent
from peyvand.source import unreadable

Piece = Callable[[], Sequence[InteractionEvent]]
C = TypeVar("C")
Read = Callable[[C, Any], Sequence[InteractionEvent]]


def gathered(pieces: Iterable[Piece]) -> list[InteractionEvent]:
    """Return the events of all pieces; raises BadPayload or Skipped when there are none.

    A delivery has one outcome. So where some pieces are events and another cannot be read, the first event says so, and
    the whole request stays in the raw delivery for a later normaliser.
    """
    found: dict[object, InteractionEvent] = {}
    rules: dict[str, None] = {}
    troubles: list[BadPayload] = []
    for piece in pieces:
        try:
            found.update((event.event_id, event) for event in piece())
        except Skipped as rule:
            rules[str(rule)] = None
        except BadPayload as trouble:
            troubles.append(trouble)
    if not found and troubles:
        raise troubles[0]
    if not found:
        raise Skipped(", ".join(rules) or "nothing in it")
    return _with_troubles(list(found.values()), troubles)


def at(pointer: str, piece: Piece) -> Piece:
    """Return a piece whose errors of form name their place from the top of the request."""

    def read() -> Sequence[InteractionEvent]:
        try:
            return piece()
        except ValidationError as error:
            found = unreadable(error)
            faults = [Fault(f"{pointer}{fault.pointer}", fault.why) for fault in found.faults]
            raise BadPayload("; ".join(f"{f.pointer}: {f.why}" for f in faults[:5]), faults) from error

    return read


def failing(trouble: BadPayload) -> Piece:
    """Return a piece that cannot be read."""

    def read() -> Sequence[InteractionEvent]:
        raise trouble

    return read


def skipping(rule: str) -> Piece:
    """Return a piece that is no interaction, by a rule."""

    def read() -> Sequence[InteractionEvent]:
        raise Skipped(rule)

    return read


def each(name: str, read: Read[C], context: C, notice: Notice) -> Iterator[Piece]:
    """Yield a piece for each part that a notice lists under a name."""
    listed = notice.value.get(name)
    for place, one in enumerate(listed if isinstance(listed, list) else ()):
        yield at(f"{notice.pointer}/{name}/{place}", partial(read, context, one))


def _with_troubles(events: list[InteractionEvent], troubles: Sequence[BadPayload]) -> list[InteractionEvent]:
    if not troubles:
        return events
    why = f"{len(troubles)} more in the same request cannot be read: {troubles[0]}"
    first = events[0]
    return [first.model_copy(update={"flags": (*first.flags, Flag(name="incomplete", why=why))}), *events[1:]]
