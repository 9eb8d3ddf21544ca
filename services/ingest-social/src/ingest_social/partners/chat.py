"""Where a bot's own message stands: the keys that the channel's own half has, so that both make one conversation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ingest_social.partners.submitted import Event
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload, Fault
from peyvand.event import Party, Role, party
from peyvand.identity import Handle, Organisation, bale, handle, telegram, whatsapp_phone

FAMILY = "partner"
# Who the customer is by the number of a chat of two; a chat of Rubika has a number that is not the user's.
PEOPLE: Mapping[str, Callable[[str], Handle | None]] = {
    "telegram": telegram,
    "bale": bale,
    "whatsapp": whatsapp_phone,
}
# Where a message's number is one in all chats, and where in all of a chat's bots.
_ONE_EVERYWHERE, _ONE_IN_ITS_CHAT = {"whatsapp"}, {"rubika"}
# Chats of Telegram in which every member sees the same message number: their own numbers begin so.
_SHARED = "-100"


@dataclass(frozen=True, slots=True)
class Place:
    """The channel that agents see, the keys of the thing and of what it answers, and the conversation."""

    family: str
    key: str
    message_key: str
    replies_to: tuple[str, ...]
    conversation: str | None


def place_of(event: Event, delivery: Delivery) -> Place:
    """Return where an event stands; raises BadPayload."""
    own = f"{delivery.connector}:{event.id}"
    if event.channel is None:
        replied = (f"{delivery.connector}:{event.reply_to}",) if event.reply_to else ()
        return Place(FAMILY, own, own, replied, event.conversation)
    if event.conversation is None:
        raise _wrong("/conversation", "is missing: with a channel it is the number of the chat")
    key = _key(event, event.message_id) if event.message_id else own
    replied = (_key(event, event.reply_to),) if event.reply_to else ()
    return Place(event.channel, key, key, replied, event.conversation)


def partner_in(event: Event) -> Handle | None:
    """Return who the customer is by the number of a private chat; groups and channels have numbers below zero."""
    if event.channel is None or event.conversation is None:
        return None
    person = PEOPLE.get(event.channel)
    return person(event.conversation) if person else None


def bot(event: Event, organisation: Organisation) -> Party | None:
    """Return the bot that spoke, as the channel's own half names it."""
    if event.channel is None or event.account is None:
        return None
    return party(Role.FROM, [handle(event.channel, event.account)], organisation, event.agent, ours=True)


def _key(event: Event, number: str) -> str:
    """Return the vendor's key of a message, whose number counts per chat, and in most chats per bot."""
    if event.channel in _ONE_EVERYWHERE:
        return number
    if event.channel in _ONE_IN_ITS_CHAT or (
        event.channel == "telegram" and str(event.conversation).startswith(_SHARED)
    ):
        return f"{event.conversation}:{number}"
    if event.account is None:
        raise _wrong("/account", "is missing: the bot's own number, which stands before the colon of its token")
    return f"{event.account}:{event.conversation}:{number}"


def _wrong(pointer: str, why: str) -> BadPayload:
    return BadPayload(why, [Fault(pointer, why)])
