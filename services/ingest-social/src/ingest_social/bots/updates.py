"""One update, read: which of its kinds carry somebody's word, and which do not."""

from collections.abc import Callable, Sequence
from typing import Any

from pydantic import ValidationError

from ingest_social.bots.account import BotAccount
from ingest_social.bots.dialect import Dialect
from ingest_social.bots.gestures import deleted, pressed, reacted
from ingest_social.bots.messages import created, edited, summoned
from ingest_social.bots.scene import Scene
from ingest_social.bots.wire import CallbackQuery, Deleted, Message, Reaction, Update
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload, Fault, Skipped, UnknownType
from peyvand.event import InteractionEvent
from peyvand.identity import Organisation
from peyvand.source import unreadable

Read = Callable[[Scene, Any], Sequence[InteractionEvent]]

READ: dict[str, Read] = {
    **dict.fromkeys(
        ("message", "channel_post", "business_message"),
        lambda scene, payload: [created(scene, Message.model_validate(payload))],
    ),
    **dict.fromkeys(
        ("edited_message", "edited_channel_post", "edited_business_message"),
        lambda scene, payload: [edited(scene, Message.model_validate(payload))],
    ),
    "guest_message": lambda scene, payload: [summoned(scene, Message.model_validate(payload))],
    "callback_query": lambda scene, payload: [pressed(scene, CallbackQuery.model_validate(payload))],
    "message_reaction": lambda scene, payload: [reacted(scene, Reaction.model_validate(payload))],
    "deleted_business_messages": lambda scene, payload: deleted(scene, Deleted.model_validate(payload)),
}
# Real, expected, and nobody's word to us.
WORDLESS = {
    "inline_query", "chosen_inline_result", "shipping_query", "pre_checkout_query", "poll", "poll_answer",
    "my_chat_member", "chat_member", "chat_join_request", "chat_boost", "removed_chat_boost",
    "message_reaction_count", "business_connection", "purchased_paid_media", "managed_bot",
}  # fmt: skip


def read(
    dialect: Dialect, delivery: Delivery, account: BotAccount, organisation: Organisation
) -> Sequence[InteractionEvent]:
    """Return an update's events; raises Skipped, or BadPayload."""
    try:
        update = Update.model_validate(delivery.json())
    except ValidationError as error:
        raise unreadable(error) from error
    return _read(Scene(dialect, account, organisation, delivery, update.update_id), update)


def _read(scene: Scene, update: Update) -> Sequence[InteractionEvent]:
    carried = {kind: payload for kind, payload in update.payloads.items() if payload is not None}
    for kind, payload in carried.items():
        if kind in READ:
            try:
                return READ[kind](scene, payload)
            except ValidationError as error:
                raise _within(kind, unreadable(error)) from error
    for kind in carried:
        if kind in WORDLESS:
            raise Skipped(kind.replace("_", " "))
    raise UnknownType(f"unknown update type {next(iter(carried), None)!r:.80}")


def _within(kind: str, found: BadPayload) -> BadPayload:
    """Return what is wrong in a payload with pointers from the top of the update."""
    return BadPayload(f"{kind}: {found}", [Fault(f"/{kind}{fault.pointer}", fault.why) for fault in found.faults])
