"""What is done with messages: edited, taken back, reacted to, left out of the history; and notices about who writes."""

from ingest_social.cloud_api.making import made
from ingest_social.cloud_api.people import Told
from ingest_social.cloud_api.scene import Scene, Someone
from ingest_social.cloud_api.wire import Message, System
from ingest_social.meta.times import placed
from peyvand.errors import BadPayload
from peyvand.event import Change, Flag, InteractionEvent, Role


def edited(scene: Scene, message: Message, told: Told) -> InteractionEvent:
    """Return a message's new version: what it says now stands within the edit, without names and times."""
    if message.edit is None:
        raise BadPayload("an edit without what it changes")
    within = message.model_dump(include={"id", "timestamp"}) | message.edit.message
    now = Message.model_validate({**within, "id": message.id, "timestamp": message.timestamp})
    changed = {"change": Change.EDITED, "change_key": message.id, "order": _order(message), "replies_to": ()}
    return made(scene, now, told, message.edit.original_message_id, **changed)


def revoked(scene: Scene, message: Message, told: Told) -> InteractionEvent:
    """Return that a message was taken back."""
    if message.revoke is None:
        raise BadPayload("a revocation that does not name its message")
    fields = {"change": Change.DELETED, "text": None, "flags": scene.flags}
    return made(scene, message, told, message.revoke.original_message_id, **fields)


def reacted(scene: Scene, message: Message, told: Told) -> InteractionEvent:
    """Return the one sign that somebody shows under a message now; without an emoji it was taken back."""
    if message.reaction is None:
        raise BadPayload("a reaction that does not name its message")
    return made(
        scene,
        message,
        told,
        message.reaction.message_id,
        change=Change.REACTION,
        change_key=message.id,
        order=_order(message),
        parties=(told.writer(Role.REACTOR),),
        text=None,
        flags=scene.flags,
        reactions=(message.reaction.emoji,) if message.reaction.emoji else (),
    )


def placeholder(scene: Scene, message: Message, told: Told) -> InteractionEvent:
    """Return that there was a message with a file, which is told apart, or never when it is older than two weeks.

    It is no content, so that the file's own event stands wherever there is one.
    """
    flags = (*scene.flags, Flag(name="unsupported", why="a file that WhatsApp has not handed over"))
    return made(scene, message, told, message.id, change=Change.STATUS, change_key="placeholder", flags=flags)


def about_somebody(scene: Scene, message: Message, told: Told) -> InteractionEvent:
    """Return a notice: the user has another number or id, or another device.

    The former names and the new ones are one party, and so evidence that both are one person; the rules decide.
    """
    system = message.system or System()
    now = Someone(system.wa_id, system.user_id, system.parent_user_id)
    before = Someone(
        message.from_, system.previous_user_id or message.from_user_id, system.previous_parent_user_id
        or message.from_parent_user_id,
    )  # fmt: skip
    user = now if now.key else before
    parties = (scene.person(Role.FROM, user, before=before if now.key else None), scene.ours(Role.TO))
    return made(scene, message, told, message.id, parties=parties)


def _order(message: Message) -> str:
    return f"{placed(message.timestamp)}-{message.id}"
