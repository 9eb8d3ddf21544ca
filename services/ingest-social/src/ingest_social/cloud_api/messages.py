"""A message as an event, by its type."""

from collections.abc import Callable, Mapping
from typing import Any

from ingest_social.cloud_api.content import files, words
from ingest_social.cloud_api.gestures import about_somebody, edited, placeholder, reacted, revoked
from ingest_social.cloud_api.making import made
from ingest_social.cloud_api.people import Told
from ingest_social.cloud_api.scene import Scene
from ingest_social.cloud_api.wire import Message
from peyvand.errors import Skipped, UnknownType
from peyvand.event import InteractionEvent

Who = Callable[[Scene, Message], Told]
KNOWN = {
    "text", "image", "video", "audio", "voice", "document", "sticker", "location", "contacts", "order", "interactive",
    "button", "unsupported", "unknown", "errors", "group_invite",
}  # fmt: skip


def messages(who: Who, scene: Scene, written: Mapping[str, Any]) -> list[InteractionEvent]:
    """Return the events of one message as it is written; raises Skipped, BadPayload."""
    return told(scene, Message.model_validate(written), who)


def told(scene: Scene, message: Message, who: Who) -> list[InteractionEvent]:
    """Return the events of one message; raises Skipped, or UnknownType when its type is new and nothing can be read."""
    match message.type:
        case "reaction":
            return [reacted(scene, message, who(scene, message))]
        case "edit":
            return [edited(scene, message, who(scene, message))]
        case "revoke":
            return [revoked(scene, message, who(scene, message))]
        case "system":
            return [about_somebody(scene, message, who(scene, message))]
        case "media_placeholder":
            return [placeholder(scene, message, who(scene, message))]
        case "request_welcome":
            raise Skipped("a chat was opened, nothing written yet")
        case kind if kind not in KNOWN and words(message) is None and not files(message):
            raise UnknownType(f"unknown message type {kind!r:.80}")
    return [made(scene, message, who(scene, message), message.id)]
