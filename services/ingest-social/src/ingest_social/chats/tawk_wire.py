"""What tawk.to posts.

https://developer.tawk.to/webhooks/
"""

from typing import Any

from pydantic import AwareDatetime, Field

from ingest_social.chats.talk import Wire


class Person(Wire):
    name: str | None = None
    email: str | None = None


class First(Wire):
    text: str = ""
    type: str = "msg"
    sender: dict[str, Any] = Field(default_factory=dict)


class Line(Wire):
    """A message of a transcript."""

    sender: dict[str, Any] = Field(default_factory=dict)
    type: str = "msg"
    msg: str = ""
    time: AwareDatetime | None = None
    attchs: tuple[Any, ...] = ()


class Chat(Wire):
    id: str = Field(min_length=1, max_length=200)
    visitor: Person = Person()
    messages: tuple[Line, ...] = ()


class Ticket(Wire):
    id: str = Field(min_length=1, max_length=200)
    subject: str | None = None
    message: str | None = None


class Hook(Wire):
    event: str
    time: AwareDatetime | None = None
    chat_id: str | None = Field(default=None, max_length=200, alias="chatId")
    visitor: Person = Person()
    message: First | None = None
    chat: Chat | None = None
    ticket: Ticket | None = None
    requester: Person = Person()
