"""The parts of an update that are read; what a vendor leaves out, or sends as null, is None.

https://core.telegram.org/bots/api#message
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Wire(BaseModel):
    """Ids may come as strings and phone numbers as integers (Bale)."""

    model_config = ConfigDict(frozen=True, coerce_numbers_to_str=True)


class User(Wire):
    id: int
    is_bot: bool | None = None
    first_name: str | None = None
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None


class Chat(Wire):
    id: int
    type: str | None = None
    title: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    username: str | None = None
    is_direct_messages: bool | None = None


class Topic(Wire):
    """One writer's part of a channel's direct messages."""

    topic_id: int | None = None
    user: User | None = None


class File(Wire):
    file_id: str
    file_name: str | None = None
    mime_type: str | None = None
    file_size: int | None = None
    width: int | None = None
    height: int | None = None
    emoji: str | None = None
    is_animated: bool | None = None
    is_video: bool | None = None


class Location(Wire):
    latitude: float
    longitude: float
    live_period: int | None = None


class Venue(Wire):
    title: str | None = None
    address: str | None = None


class Contact(Wire):
    phone_number: str
    first_name: str | None = None
    last_name: str | None = None
    user_id: int | None = None


class Option(Wire):
    text: str


class Poll(Wire):
    question: str
    options: tuple[Option, ...] = ()


class Checklist(Wire):
    title: str
    tasks: tuple[Option, ...] = ()


class Dice(Wire):
    emoji: str | None = None
    value: int | None = None


class Titled(Wire):
    """A game or an invoice."""

    title: str | None = None
    description: str | None = None


class WebAppData(Wire):
    data: str


class Story(Wire):
    chat: Chat
    id: int


class Entity(Wire):
    """A marked stretch of a text; offset and length count UTF-16 code units."""

    type: str
    offset: int = 0
    length: int = 0
    user: User | None = None


class Quote(Wire):
    text: str | None = None


class Origin(Wire):
    """Who wrote a forwarded message; which fields are there depends on its type."""

    sender_user: User | None = None
    sender_user_name: str | None = None
    sender_chat: Chat | None = None
    chat: Chat | None = None


class External(Wire):
    """What is answered in another chat; the chat is there when the bot may know it."""

    chat: Chat | None = None
    message_id: int | None = None


class PaidMedium(Wire):
    """One of several; a preview shows no file."""

    photo: tuple[File, ...] | None = None
    video: File | None = None
    live_photo: File | None = None


class PaidMedia(Wire):
    star_count: int | None = None
    paid_media: tuple[PaidMedium, ...] = ()


class Button(Wire):
    text: str | None = None
    callback_data: str | None = None


class Markup(Wire):
    inline_keyboard: tuple[tuple[Button, ...], ...] | None = None


class Replied(Wire):
    """The message that is answered, as far as an answer needs to know it."""

    message_id: int
    chat: Chat | None = None
    from_: User | None = Field(default=None, alias="from")
    sender_chat: Chat | None = None
    is_automatic_forward: bool | None = None


class Message(Wire):
    """One message; whatever is not named here stays by its name in `model_extra`."""

    model_config = ConfigDict(frozen=True, coerce_numbers_to_str=True, extra="allow")

    message_id: int
    chat: Chat
    date: int | None = None
    edit_date: int | None = None
    from_: User | None = Field(default=None, alias="from")
    sender_chat: Chat | None = None
    business_connection_id: str | None = None
    guest_query_id: str | None = None
    sender_business_bot: User | None = None
    message_thread_id: int | None = None
    is_topic_message: bool | None = None
    direct_messages_topic: Topic | None = None
    media_group_id: str | None = None
    reply_to_message: Replied | None = None
    external_reply: External | None = None
    quote: Quote | None = None
    forward_origin: Origin | None = None
    forward_from: User | None = None
    forward_from_chat: Chat | None = None
    forward_sender_name: str | None = None
    is_automatic_forward: bool | None = None
    text: str | None = None
    caption: str | None = None
    entities: tuple[Entity, ...] | None = None
    caption_entities: tuple[Entity, ...] | None = None
    reply_markup: Markup | None = None
    photo: tuple[File, ...] | None = None
    live_photo: File | None = None
    paid_media: PaidMedia | None = None
    document: File | None = None
    animation: File | None = None
    audio: File | None = None
    voice: File | None = None
    video: File | None = None
    video_note: File | None = None
    sticker: File | None = None
    story: Story | None = None
    location: Location | None = None
    venue: Venue | None = None
    contact: Contact | None = None
    poll: Poll | None = None
    checklist: Checklist | None = None
    dice: Dice | None = None
    game: Titled | None = None
    invoice: Titled | None = None
    web_app_data: WebAppData | None = None

    @property
    def counted_by(self) -> str | None:
        """Return in whose count of messages its number is, where that is not the bot's own."""
        return self.business_connection_id or ("guest" if self.guest_query_id else None)

    @property
    def place(self) -> str:
        """Return the chat, and the topic within it where it has topics."""
        direct = self.direct_messages_topic
        topic = direct.topic_id if direct else self.message_thread_id if self.is_topic_message else None
        return str(self.chat.id) if topic is None else f"{self.chat.id}/{topic}"

    @property
    def answered(self) -> Replied | None:
        """Return the message that is answered; in a forum every message hangs under its topic, and answers it not."""
        replied = self.reply_to_message
        if replied is not None and self.is_topic_message and replied.message_id == self.message_thread_id:
            return None
        return replied


class CallbackQuery(Wire):
    """A pressed button; `message` is what it hung under, with date 0 once the vendor has forgotten it."""

    id: str
    from_: User = Field(alias="from")
    message: Message | None = None
    data: str | None = None
    game_short_name: str | None = None


class Sign(Wire):
    """One sign of a reaction: an emoji, a custom emoji, or a paid star."""

    type: str | None = None
    emoji: str | None = None
    custom_emoji_id: str | None = None


class Reaction(Wire):
    chat: Chat
    message_id: int
    user: User | None = None
    actor_chat: Chat | None = None
    date: int | None = None
    new_reaction: tuple[Sign, ...] = ()


class Deleted(Wire):
    business_connection_id: str
    chat: Chat
    message_ids: tuple[int, ...] = ()


class Update(Wire):
    """The envelope: a number, and one payload under its type's name."""

    model_config = ConfigDict(frozen=True, extra="allow")

    update_id: int

    @property
    def payloads(self) -> dict[str, Any]:
        """Return what it carries, by type."""
        return self.model_extra or {}
