"""What is written between a user and us: messages, their edits and deletions, pressed buttons, how somebody came."""

import hashlib
from typing import Any

from ingest_social.meta.times import moment, placed
from ingest_social.pages.content import files, led, notes, words
from ingest_social.pages.scene import Scene
from ingest_social.pages.wire import Edit, Message, Messaging, Postback, Someone
from peyvand.errors import BadPayload
from peyvand.event import Change, Direction, Flag, InteractionEvent, Kind, Party, Role, event


def written(scene: Scene, one: Messaging, message: Message) -> InteractionEvent:
    """Return a message, or that it was taken back."""
    if message.is_deleted:
        return between(scene, one, message.mid, change=Change.DELETED, echo=message.is_echo)
    replied = message.reply_to.mid if message.reply_to else None
    return between(
        scene,
        one,
        message.mid,
        echo=message.is_echo,
        text=words(message),
        attachments=files(message, scene.platform.name),
        replies_to=(replied,) if replied else (),
        flags=notes(message),
    )


def edited(scene: Scene, one: Messaging, edit: Edit) -> InteractionEvent:
    """Return a message's new text; only texts can be edited, at most five times."""
    count = f"{max(edit.num_edit, 0):06d}"
    return between(scene, one, edit.mid, change=Change.EDITED, change_key=count, order=count, text=edit.text)


def pressed(scene: Scene, one: Messaging, postback: Postback) -> InteractionEvent:
    """Return a pressed button as a message with the button's words."""
    key = postback.mid or _key("postback", one, postback.payload or postback.title or "")
    flags = (Flag(name="button", why=postback.payload or ""), *led(postback.referral))
    return between(scene, one, key, text=postback.title or postback.payload, flags=flags)


def came(scene: Scene, one: Messaging) -> InteractionEvent:
    """Return that a user came by an advertisement or a link, or agreed to be written to: a click, and no words."""
    optin = one.optin
    flags = led(one.referral)
    if optin is not None:
        told = (optin.type, optin.title, optin.ref or optin.payload)
        flags += (Flag(name="opt-in", why=" · ".join(part for part in told if part)),)
    return between(scene, one, _key("came", one, "".join(flag.why for flag in flags)), flags=flags)


def between(
    scene: Scene, one: Messaging, key: str, *, echo: bool | None = False, parties: tuple[Party, ...] = (), **fields: Any
) -> InteractionEvent:
    """Return an event between a user and us; direction by who wrote, whatever the notice is called."""
    user, direction = whom(scene, one, echo=bool(echo))
    roles = (Role.FROM, Role.TO) if direction is not Direction.OUTBOUND else (Role.TO, Role.FROM)
    return event(
        scene.delivery,
        scene.organisation,
        key=key,
        kind=Kind.MESSAGE,
        direction=direction,
        occurred_at=moment(one.timestamp) or moment(scene.notice.time),
        parties=parties or (scene.person(roles[0], user), scene.ours(roles[1])),
        message_key=key,
        conversation=user.id,
        **fields,
    )


def whom(scene: Scene, one: Messaging, *, echo: bool = False) -> tuple[Someone, Direction]:
    """Return the user, and whether he or we wrote; raises BadPayload when there is nobody beside us."""
    sender, recipient = one.sender, one.recipient
    outbound = echo or scene.is_ours(sender)
    if outbound and scene.is_ours(recipient) and sender is not None:
        return sender, Direction.INTERNAL
    user = recipient if outbound else sender
    if user is None or user.id is None:
        raise BadPayload("sender or recipient is missing")
    return user, Direction.OUTBOUND if outbound else Direction.INBOUND


def _key(kind: str, one: Messaging, what: str) -> str:
    """Return a key for what has no id of its own."""
    sender = one.sender.id if one.sender else ""
    digest = hashlib.sha256(what.encode(errors="replace")).hexdigest()[:16]
    return f"{kind}:{sender}:{placed(one.timestamp)}:{digest}"
