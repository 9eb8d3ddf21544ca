"""Which messages of a group are spoken to us: members who only sit there are nobody's customers."""

from collections.abc import Iterator

from ingest_social.bots.scene import Scene
from ingest_social.bots.wire import Entity, Message, Replied
from peyvand.errors import Skipped

GROUPS = ("group", "supergroup")


def require_addressed(scene: Scene, message: Message) -> None:
    """Return when a message counts by the account's `groups`; raises Skipped."""
    if message.chat.type not in GROUPS or message.chat.is_direct_messages:
        return
    require_groups(scene)
    if message.is_automatic_forward:
        raise Skipped("a channel's post, forwarded into its group")
    sender = message.from_
    if sender and sender.is_bot and not scene.is_ours(sender) and not message.sender_chat:
        raise Skipped("message of another bot")
    if scene.account.groups == "addressed" and not _addressed(scene, message):
        raise Skipped("group message that is not addressed to us")


def require_known(scene: Scene, message: Message) -> None:
    """Return unless it was said in a group and groups do not count; raises Skipped."""
    if message.chat.type in GROUPS:
        require_groups(scene)


def require_groups(scene: Scene) -> None:
    """Return when groups count at all; raises Skipped."""
    if scene.account.groups == "ignore":
        raise Skipped("groups are ignored")


def _addressed(scene: Scene, message: Message) -> bool:
    replied = message.answered
    if replied is not None:
        by_us = scene.is_ours(message.from_) or _as_the_group(message)
        return by_us or _ours(scene, message, replied) or _called(scene, message)
    return _called(scene, message)


def _ours(scene: Scene, message: Message, replied: Replied) -> bool:
    """Return whether the answered message is ours: the bot's, a colleague's, the group's own, a channel's post."""
    own = replied.sender_chat is not None and replied.sender_chat.id == message.chat.id
    return own or bool(replied.is_automatic_forward) or scene.is_ours(replied.from_)


def _as_the_group(message: Message) -> bool:
    return message.sender_chat is not None and message.sender_chat.id == message.chat.id


def _called(scene: Scene, message: Message) -> bool:
    """Return whether a mention or a command in the text means us."""
    return any(_means_us(scene, entity, written) for entity, written in _entities(message))


def _means_us(scene: Scene, entity: Entity, written: str) -> bool:
    match entity.type:
        case "text_mention":
            return scene.is_ours(entity.user)
        case "mention":
            return _is_our_name(scene, written.removeprefix("@"))
        case "bot_command":
            _, at, name = written.partition("@")
            return not at or _is_our_name(scene, name)
        case _:
            return False


def _is_our_name(scene: Scene, name: str) -> bool:
    # without our own name in the settings any bot's name counts: the vendors let every one of them end so
    known = scene.account.username
    return name.lower() == known if known else name.lower().endswith("bot")


def _entities(message: Message) -> Iterator[tuple[Entity, str]]:
    text, entities = message.text or "", message.entities or ()
    if message.caption:
        text, entities = message.caption, message.caption_entities or ()
    units = text.encode("utf-16-le", "surrogatepass")
    for entity in entities:
        if entity.offset >= 0 and entity.length >= 0:
            piece = units[2 * entity.offset : 2 * (entity.offset + entity.length)]
            yield entity, piece.decode("utf-16-le", "replace")
