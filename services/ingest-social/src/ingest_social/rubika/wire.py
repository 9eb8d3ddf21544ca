"""The parts of Rubika's updates that are read; ids come as numbers of up to 18 digits or as text, and are text here.

https://rubika.ir/botapi/models
"""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _whole(value: Any) -> Any:
    """Refuse what has lost digits on its way: a number of 18 digits is none that a float can hold."""
    if isinstance(value, float):
        raise ValueError("an id must be a whole number or text")
    return value


Id = Annotated[str, BeforeValidator(_whole), Field(min_length=1)]


class Wire(BaseModel):
    model_config = ConfigDict(frozen=True, coerce_numbers_to_str=True)


class File(Wire):
    file_id: Id
    file_name: str | None = None
    size: int | None = None


class Aux(Wire):
    """What a pressed button says of itself, or the link through which somebody came to the bot."""

    start_id: str | None = None
    button_id: str | None = None


class Place(Wire):
    latitude: str
    longitude: str


class Live(Wire):
    current_location: Place | None = None


class Sticker(Wire):
    emoji_character: str | None = None
    file: File | None = None


class Card(Wire):
    phone_number: str | None = None
    first_name: str | None = None
    last_name: str | None = None


class Poll(Wire):
    question: str | None = None
    options: tuple[str, ...] = ()


class Forwarded(Wire):
    type_from: str | None = None


class Message(Wire):
    """One message; whatever is not named here stays by its name in `model_extra`."""

    model_config = ConfigDict(frozen=True, coerce_numbers_to_str=True, extra="allow")

    message_id: Id
    time: int | None = None
    text: str | None = None
    sender_type: str | None = None
    sender_id: str | None = None
    aux_data: Aux | None = None
    reply_to_message_id: Id | None = None
    forwarded_from: Forwarded | None = None
    forwarded_no_link: Any = None
    file: File | None = None
    sticker: Sticker | None = None
    location: Place | None = None
    live_location: Live | None = None
    contact_message: Card | None = None
    poll: Poll | None = None


class Pressed(Message):
    """A pressed button of a keypad under a message; `message_id` is that message's, and there is no time."""

    chat_id: Id


class Update(Wire):
    """What happened in a chat; what it carries stands under the type's own name."""

    type: str
    chat_id: Id
    new_message: Message | None = None
    updated_message: Message | None = None
    removed_message_id: Id | None = None
