"""The event of a message, whatever was done with it."""

from typing import Any

from ingest_social.cloud_api.content import files, words
from ingest_social.cloud_api.notes import notes
from ingest_social.cloud_api.people import Told
from ingest_social.cloud_api.scene import Scene
from ingest_social.cloud_api.wire import Message
from ingest_social.meta.times import moment
from peyvand.event import InteractionEvent, Kind, event


def made(scene: Scene, message: Message, told: Told, key: str, **fields: Any) -> InteractionEvent:
    """Return the event of a message under a key; what is not given is what the message says."""
    context = message.context
    fields = {
        "text": words(message),
        "attachments": files(message),
        "replies_to": (context.id,) if context and context.id else (),
        "flags": (*scene.flags, *notes(message)),
        **fields,
    }
    return event(
        scene.delivery,
        scene.organisation,
        key=key,
        kind=Kind.MESSAGE,
        direction=told.direction,
        occurred_at=moment(message.timestamp),
        parties=fields.pop("parties", told.parties),
        message_key=key,
        conversation=told.conversation,
        **fields,
    )
