"""What was said before: chunks of threads, and the files that are handed over apart.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/history
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from ingest_social.cloud_api.messages import messages, told
from ingest_social.cloud_api.people import by_writer
from ingest_social.cloud_api.reports import STATUSES
from ingest_social.cloud_api.scene import Scene
from ingest_social.cloud_api.wire import Message
from ingest_social.meta.envelope import Notice
from ingest_social.meta.pieces import Piece, at, each
from peyvand.event import Direction, InteractionEvent


def past(scene: Scene, notice: Notice) -> Iterator[Piece]:
    """Yield the messages of threads, whose id is whom they are with, and those that bring a file afterwards."""
    for place, chunk in enumerate(_listed(notice.value, "history")):
        for number, thread in enumerate(_listed(chunk, "threads")):
            pointer = f"{notice.pointer}/history/{place}/threads/{number}/messages"
            for count, one in enumerate(_listed(thread, "messages")):
                yield at(f"{pointer}/{count}", partial(_past, scene, thread, one))
    yield from each("messages", partial(messages, by_writer), scene, notice)


def _past(scene: Scene, thread: Mapping[str, Any], one: Mapping[str, Any]) -> Sequence[InteractionEvent]:
    message = Message.model_validate(one)
    whom = thread.get("id")
    if message.to is None and isinstance(whom, str) and not scene.is_our_number(whom):
        message = message.model_copy(update={"to": whom})
    return [_with_fate(event, message) for event in told(scene, message, by_writer)]


def _with_fate(event: InteractionEvent, message: Message) -> InteractionEvent:
    """Return a message of ours with what the history says became of it."""
    fate = message.history_context.status if message.history_context else None
    known = STATUSES.get((fate or "").lower())
    if known is None or event.direction is not Direction.OUTBOUND:
        return event
    return event.model_copy(update={"status": known})


def _listed(value: Any, name: str) -> Sequence[Any]:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, list) else ()
