"""One update of Rubika, read: told apart by what the body carries, for the path called says nothing certain."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from ingest_social.rubika.account import RubikaAccount
from ingest_social.rubika.content import files, words
from ingest_social.rubika.scene import VENDOR, Scene
from ingest_social.rubika.wire import Message, Pressed, Update
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload, Skipped, UnknownType
from peyvand.event import Change, Direction, Flag, InteractionEvent, Kind, event
from peyvand.identity import Organisation
from peyvand.source import unreadable

# Real, expected, and nobody's word to us.
WORDLESS = {
    "StartedBot": "the bot was started",
    "StoppedBot": "the bot was stopped",
    "UpdatedPayment": "payment notice",
}
_NOT_CONTENT = {"is_edited", "metadata", "payment"}


def read(delivery: Delivery, account: RubikaAccount, organisation: Organisation) -> Sequence[InteractionEvent]:
    """Return an update's events; raises Skipped, or BadPayload."""
    scene, body = Scene(account, organisation, delivery), delivery.json()
    try:
        match body:
            case {"update": dict() as update}:
                return [_updated(scene, Update.model_validate(update))]
            case {"inline_message": dict() as message}:
                return [_pressed(scene, Pressed.model_validate(message))]
    except ValidationError as error:
        raise unreadable(error) from error
    raise UnknownType("neither an update nor an inline message")


def _updated(scene: Scene, update: Update) -> InteractionEvent:
    if update.type in READ:
        return READ[update.type](scene, update)
    if update.type in WORDLESS:
        raise Skipped(WORDLESS[update.type])
    raise UnknownType(f"unknown update type {update.type!r:.80}")


def _new(scene: Scene, update: Update) -> InteractionEvent:
    return _event(scene, update.chat_id, _present(update.new_message, "new_message"))


def _edited(scene: Scene, update: Update) -> InteractionEvent:
    """Return a new version: its time may still be the first one's, so that its content tells it from others."""
    message = _present(update.updated_message, "updated_message")
    told = hashlib.sha256(repr((words(message), files(message, VENDOR))).encode("utf-8", "replace")).hexdigest()[:16]
    arrived = int(scene.delivery.received_at.timestamp() * 1000)
    changed = {"change": Change.EDITED, "change_key": f"{message.time}:{told}"}
    return _event(scene, update.chat_id, message, **changed, order=f"{max(message.time or 0, 0):012d}-{arrived:015d}")


def _removed(scene: Scene, update: Update) -> InteractionEvent:
    if update.removed_message_id is None:
        raise BadPayload("a removed message without its number")
    key = scene.key(update.chat_id, update.removed_message_id)
    return event(
        scene.delivery,
        scene.organisation,
        key=key,
        kind=Kind.MESSAGE,
        direction=Direction.INBOUND,
        occurred_at=None,
        change=Change.DELETED,
        message_key=key,
        conversation=update.chat_id,
    )


def _pressed(scene: Scene, press: Pressed) -> InteractionEvent:
    """Return a pressed button as a message of who pressed it.

    The vendor gives no time and no number: the same button pressed again by the same person is the same press.
    """
    under, button = scene.key(press.chat_id, press.message_id), (press.aux_data and press.aux_data.button_id) or ""
    key = f"{under}:pressed:{button}:{press.sender_id or ''}"
    return _event(scene, press.chat_id, press, key=key, replies_to=(under,))


def _event(scene: Scene, chat: str, message: Message, key: str | None = None, **fields: Any) -> InteractionEvent:
    text, attachments = words(message), files(message, VENDOR)
    button = message.aux_data.button_id if message.aux_data else None
    if text is None and not attachments and not button:
        raise _unknown(message)
    direction, parties = scene.told(chat, message)
    key, replied = key or scene.key(chat, message.message_id), message.reply_to_message_id
    answers = (scene.key(chat, replied),) if replied and replied != "0" else ()
    return event(
        scene.delivery,
        scene.organisation,
        key=key,
        kind=Kind.MESSAGE,
        direction=direction,
        occurred_at=_moment(message.time),
        parties=parties,
        message_key=key,
        conversation=chat,
        text=text or button,
        attachments=attachments,
        flags=_flags(message, button),
        **{"replies_to": answers, **fields},
    )


def _flags(message: Message, button: str | None) -> tuple[Flag, ...]:
    pressed = (Flag(name="button", why=button),) if button else ()
    forwarded = message.forwarded_from is not None or bool(message.forwarded_no_link)
    return (*pressed, Flag(name="forwarded")) if forwarded else pressed


def _unknown(message: Message) -> BadPayload:
    new = sorted({name for name, value in (message.model_extra or {}).items() if value is not None} - _NOT_CONTENT)
    return BadPayload(f"a message with {', '.join(new) or 'no content':.200}")


def _present(message: Message | None, name: str) -> Message:
    if message is None:
        raise BadPayload(f"an update without its {name}")
    return message


def _moment(seconds: int | None) -> datetime | None:
    if not seconds or not 0 < seconds < 253_402_300_800:
        return None
    return datetime.fromtimestamp(seconds, UTC)


READ: dict[str, Callable[[Scene, Update], InteractionEvent]] = {
    "NewMessage": _new,
    "UpdatedMessage": _edited,
    "RemovedMessage": _removed,
    "RemoveMessage": _removed,  # as some clients spell it
}
