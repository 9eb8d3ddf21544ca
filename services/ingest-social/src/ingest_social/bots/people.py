"""Who wrote a message to whom, and so which way it went."""

from ingest_social.bots.groups import GROUPS
from ingest_social.bots.scene import Scene
from ingest_social.bots.wire import Contact, Message, User
from peyvand.event import Direction, Party, Role, party
from peyvand.identity import Handle, Proof, phone

Told = tuple[Direction, tuple[Party, ...]]


def told(scene: Scene, message: Message) -> Told:
    """Return direction and parties, decided from who wrote."""
    if message.chat.type == "channel":
        return _by_chat(scene, message.chat.title, ours=True)
    if message.business_connection_id:
        return _business(scene, message)
    if message.direct_messages_topic is not None and message.direct_messages_topic.user is not None:
        return _to_a_channel(scene, message, message.direct_messages_topic.user)
    if message.sender_chat is not None:
        # somebody who writes as a chat is an administrator when that chat is the group itself
        own = message.sender_chat.id == message.chat.id
        return _by_chat(scene, message.sender_chat.title, ours=own)
    return _by_user(scene, message, message.from_)


def _by_chat(scene: Scene, title: str | None, *, ours: bool) -> Told:
    """A channel or a group is no person, so it has no handle."""
    if ours:
        return Direction.OUTBOUND, (party(Role.FROM, [], scene.organisation, title, ours=True),)
    return Direction.INBOUND, (party(Role.FROM, [], scene.organisation, title), scene.bot(Role.TO))


def _business(scene: Scene, message: Message) -> Told:
    """A business chat is the owner's private chat: its id is the customer's, and whoever else writes there is ours.

    The owner's id comes only with business_connection, which a single update does not know.
    """
    sender = message.from_
    if scene.is_ours(message.chat):
        return Direction.INTERNAL, () if sender is None else (scene.person(Role.FROM, sender, ours=True),)
    if sender is not None and sender.id == message.chat.id and message.sender_business_bot is None:
        return Direction.INBOUND, (_sender(scene, message, sender),)
    sent = () if sender is None else (scene.person(Role.FROM, sender, ours=True),)
    return Direction.OUTBOUND, (*sent, scene.person(Role.TO, message.chat))


def _to_a_channel(scene: Scene, message: Message, writer: User) -> Told:
    """The direct messages of a channel: a topic is one writer's, and whoever else writes there is ours."""
    sender = message.from_
    if sender is not None and sender.id == writer.id and message.sender_chat is None:
        return Direction.INBOUND, (_sender(scene, message, writer), scene.bot(Role.TO))
    chat = message.sender_chat
    by = party(Role.FROM, [], scene.organisation, chat.title, ours=True) if chat else None
    author = by or (scene.person(Role.FROM, sender, ours=True) if sender else scene.bot(Role.FROM))
    return Direction.OUTBOUND, (author, scene.person(Role.TO, writer))


def _by_user(scene: Scene, message: Message, sender: User | None) -> Told:
    in_group = message.chat.type in GROUPS
    if sender is None:
        known = () if in_group else (scene.person(Role.FROM, message.chat),)
        return Direction.INBOUND, (*known, scene.bot(Role.TO))
    if not scene.is_ours(sender):
        return Direction.INBOUND, (_sender(scene, message, sender), scene.bot(Role.TO))
    author = scene.person(Role.FROM, sender)
    if in_group:
        return Direction.OUTBOUND, (author, *_answered(scene, message))
    if scene.is_bot(sender):
        return Direction.OUTBOUND, (author, scene.person(Role.TO, message.chat))
    return Direction.INTERNAL, (author, scene.bot(Role.TO))


def _answered(scene: Scene, message: Message) -> tuple[Party, ...]:
    """Return to whom we speak in a group: the one whom we answer, if that is a person and none of us."""
    replied = message.answered
    whom = replied.from_ if replied and replied.sender_chat is None else None
    if whom is None or whom.is_bot or scene.is_ours(whom):
        return ()
    return (scene.person(Role.TO, whom),)


def _sender(scene: Scene, message: Message, sender: User) -> Party:
    return scene.person(Role.FROM, sender, [_own_number(scene, message.contact, sender)])


def _own_number(scene: Scene, contact: Contact | None, sender: User) -> Handle | None:
    """Return the number of a card that the sender shared of himself: the vendor knows it; anybody else's is hearsay."""
    if contact is None or contact.user_id != sender.id:
        return None
    written = contact.phone_number.strip()
    if scene.dialect.bare_numbers and written[:1].isdecimal() and not written.startswith("0"):
        written = f"+{written}"
    return phone(written, scene.organisation.region, Proof.VERIFIED)
