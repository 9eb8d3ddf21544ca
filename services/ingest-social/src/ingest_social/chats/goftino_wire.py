"""What Goftino posts and answers, as far as integrators have met it.

https://api.goftino.com/
"""

from typing import Any

from pydantic import AliasChoices, Field

from ingest_social.chats.talk import Wire


class Sender(Wire):
    from_: str = Field(default="user", alias="from")
    id: str | None = None
    name: str | None = None


class Filled(Wire):
    label: str = ""
    value: Any = None


class About(Wire):
    """What the REST API says of a visitor."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    last_url: str | None = None


class Data(Wire):
    chat_id: str = Field(min_length=1, max_length=200)
    user_id: str | None = Field(default=None, max_length=200)
    message_id: str | None = Field(default=None, max_length=200, validation_alias=AliasChoices("message_id", "id"))
    type: str = "text"
    content: Any = Field(default=None, validation_alias=AliasChoices("content", "text", "message"))
    sender: Sender = Sender()
    date: str | int | None = None
    fields: tuple[Filled, ...] = ()
    name: str | None = Field(default=None, validation_alias=AliasChoices("user_name", "name"))
    email: str | None = Field(default=None, validation_alias=AliasChoices("user_email", "email"))
    phone: str | None = Field(default=None, validation_alias=AliasChoices("user_phone", "phone", "mobile"))


class Hook(Wire):
    event: str
    data: dict[str, Any] = Field(default_factory=dict)
