"""A message, new or edited, as an event."""

from collections.abc import Callable
from functools import partial

from ingest_social.bots.content import files, words
from ingest_social.bots.groups import require_addressed, require_known
from ingest_social.bots.people import told
from ingest_social.bots.scene import Scene, moment, name_of
from ingest_social.bots.service import skip_notice, unknown
from ingest_social.bots.wire import Message
from peyvand.errors import Skipped
from peyvand.event import Attachment, Change, Direction, Flag, InteractionEvent, Kind, event


def created(scene: Scene, message: Message) -> InteractionEvent:
    """Return the event of a new message."""
    return _event(scene, message, Change.CREATED)


def summoned(scene: Scene, message: Message) -> InteractionEvent:
    """Return the event of a message that calls the bot into a chat in which it is no member: it is spoken to us."""
    return _event(scene, message, Change.CREATED, require_known)


def edited(scene: Scene, message: Message) -> InteractionEvent:
    """Return the event of a message's new version.

    An edit is named by its update: two within a second have one edit_date.
    """
    if message.location is not None and message.location.live_period:
        raise Skipped("a live location moved")
    return _event(scene, message, Change.EDITED)


def _event(
    scene: Scene, message: Message, change: Change, require: Callable[[Scene, Message], None] = require_addressed
) -> InteractionEvent:
    text, attachments = _content(message, scene.dialect.name, partial(require, scene, message))
    direction, parties = told(scene, message)
    key = scene.key(message.chat, message.message_id, message.counted_by)
    edit = change is Change.EDITED
    return event(
        scene.delivery,
        scene.organisation,
        key=key,
        kind=Kind.MESSAGE,
        direction=direction,
        occurred_at=(moment(message.edit_date) if edit else None) or moment(message.date),
        change=change,
        change_key=str(scene.update_id) if edit else "",
        order=scene.order(message.edit_date or message.date) if edit else "",
        parties=parties,
        message_key=key,
        replies_to=_answers(scene, message),
        conversation=message.place,
        text=text,
        quoted=message.quote.text if message.quote else None,
        language=_language(message) if direction is Direction.INBOUND else None,
        attachments=attachments,
        flags=_flags(message),
    )


def _content(message: Message, vendor: str, require: Callable[[], None]) -> tuple[str | None, tuple[Attachment, ...]]:
    """Return words and files of a message that is meant for us; raises Skipped, or BadPayload when it has neither."""
    text, attachments = words(message), files(message, vendor)
    empty = text is None and not attachments
    if empty:
        skip_notice(message)
    require()
    if empty:
        raise unknown(message)
    return text, attachments


def _answers(scene: Scene, message: Message) -> tuple[str, ...]:
    """Return the key of what is answered, also when it stands in another chat that the bot may know."""
    replied, other = message.answered, message.external_reply
    if replied is not None:
        return (scene.key(replied.chat or message.chat, replied.message_id, message.counted_by),)
    if other is not None and other.chat is not None and other.message_id is not None:
        return (scene.key(other.chat, other.message_id),)
    return ()


def _language(message: Message) -> str | None:
    return message.from_.language_code if message.from_ else None


def _flags(message: Message) -> tuple[Flag, ...]:
    album = () if message.media_group_id is None else (Flag(name="album", why=message.media_group_id),)
    return (*album, *_forwarded(message))


def _forwarded(message: Message) -> tuple[Flag, ...]:
    """Return who wrote it first, for people to read: nobody is recognised by that (Bale tells it in the older way)."""
    origin = message.forward_origin
    user = origin.sender_user if origin else message.forward_from
    name = origin.sender_user_name if origin else message.forward_sender_name
    chat = (origin.sender_chat or origin.chat) if origin else message.forward_from_chat
    if not (origin or user or name or chat):
        return ()
    author = name_of(user) if user else name
    return (Flag(name="forwarded", why=author or (chat.title if chat and chat.title else "")),)
