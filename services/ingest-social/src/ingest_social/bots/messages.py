"""A message, new or edited, as an event."""

from ingest_social.bots.content import files, words
from ingest_social.bots.groups import require_addressed
from ingest_social.bots.people import told
from ingest_social.bots.scene import Scene, moment, name_of
from ingest_social.bots.service import skip_notice, unknown
from ingest_social.bots.wire import Message, Origin
from peyvand.errors import Skipped
from peyvand.event import Attachment, Change, Direction, Flag, InteractionEvent, Kind, event


def created(scene: Scene, message: Message) -> InteractionEvent:
    """Return the event of a new message."""
    return _event(scene, message, Change.CREATED)


def edited(scene: Scene, message: Message) -> InteractionEvent:
    """Return the event of a message's new version.

    An edit is named by its update: two within a second have one edit_date.
    """
    if message.location is not None and message.location.live_period:
        raise Skipped("a live location moved")
    return _event(scene, message, Change.EDITED)


def _event(scene: Scene, message: Message, change: Change) -> InteractionEvent:
    text, attachments = _content(scene, message)
    direction, parties = told(scene, message)
    connection = message.business_connection_id
    key = scene.key(message.chat, message.message_id, connection)
    replied, edit = message.reply_to_message, change is Change.EDITED
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
        replies_to=(scene.key(message.chat, replied.message_id, connection),) if replied else (),
        conversation=str(message.chat.id),
        text=text,
        quoted=message.quote.text if message.quote else None,
        language=_language(message) if direction is Direction.INBOUND else None,
        attachments=attachments,
        flags=_forwarded(message.forward_origin),
    )


def _content(scene: Scene, message: Message) -> tuple[str | None, tuple[Attachment, ...]]:
    """Return words and files of a message that is meant for us; raises Skipped, or BadPayload when it has neither."""
    text, attachments = words(message), files(message, scene.dialect.name)
    empty = text is None and not attachments
    if empty:
        skip_notice(message)
    require_addressed(scene, message)
    if empty:
        raise unknown(message)
    return text, attachments


def _language(message: Message) -> str | None:
    return message.from_.language_code if message.from_ else None


def _forwarded(origin: Origin | None) -> tuple[Flag, ...]:
    if origin is None:
        return ()
    chat = origin.sender_chat or origin.chat
    author = name_of(origin.sender_user) if origin.sender_user else origin.sender_user_name
    return (Flag(name="forwarded", why=author or (chat.title if chat and chat.title else "")),)
