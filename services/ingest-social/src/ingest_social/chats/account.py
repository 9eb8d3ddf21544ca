"""What the accounts of chats have in common."""

import re

from pydantic import BaseModel, ConfigDict, field_validator

_PROXY = re.compile(r"(?:https?|socks5h?)://\S+\Z")


class ChatAccount(BaseModel):
    """One website's chat, that calls us."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    proxy: str | None = None  # for files that are fetched from the vendor

    @field_validator("proxy")
    @classmethod
    def _known_proxy(cls, proxy: str | None) -> str | None:
        if proxy and not _PROXY.match(proxy):
            raise ValueError("must begin with http://, https://, socks5:// or socks5h://")
        return proxy or None
