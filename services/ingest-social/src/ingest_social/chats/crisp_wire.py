"""What Crisp posts.

https://docs.crisp.chat/references/rtm-api/v1/
"""

from typing import Any, Literal

from pydantic import Field

from ingest_social.chats.talk import Wire


class User(Wire):
    nickname: str | None = None
    user_id: str | None = None


class Data(Wire):
    session_id: str = Field(min_length=1, max_length=200)
    fingerprint: str | None = None
    type: str = "text"
    from_: Literal["user", "operator"] | None = Field(default=None, alias="from")
    content: Any = None
    timestamp: int | None = Field(default=None, ge=0, le=2**53)
    user: User = User()
    fingerprints: tuple[str, ...] = ()
    email: str | None = None
    phone: str | None = None
    nickname: str | None = None


class Hook(Wire):
    event: str
    timestamp: int | None = Field(default=None, ge=0, le=2**53)
    data: dict[str, Any] = Field(default_factory=dict)
