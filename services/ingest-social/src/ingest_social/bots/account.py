"""One bot, as peyvand.yaml names it."""

import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from peyvand.signature import Secrets

# 110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw
_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{16,}\Z")
# What Telegram takes as secret_token, and what stands in a URL as it is.
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}\Z")
_PROXY = re.compile(r"(?:https?|socks5h?)://\S+\Z")


class BotAccount(BaseModel):
    """What every vendor's bots have in common."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    token: SecretStr
    base_url: str
    mode: Literal["polling", "webhook"] = "polling"
    secret: Secrets = ()
    username: str | None = None
    groups: Literal["ignore", "addressed", "all"] = "addressed"
    proxy: str | None = None
    poll_seconds: Annotated[int, Field(ge=1, le=50)] = 25

    @property
    def bot_id(self) -> str:
        """Return the bot's own id: every vendor begins a token with it."""
        return self.token.get_secret_value().partition(":")[0]

    @field_validator("token")
    @classmethod
    def _whole(cls, token: SecretStr) -> SecretStr:
        if not _TOKEN.match(token.get_secret_value()):
            raise ValueError(
                "is no bot token: one looks like 110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw; copy it whole"
            )
        return token

    @field_validator("username")
    @classmethod
    def _without_at(cls, username: str | None) -> str | None:
        return username.removeprefix("@").lower() if username else None

    @field_validator("proxy")
    @classmethod
    def _known_proxy(cls, proxy: str | None) -> str | None:
        if proxy and not _PROXY.match(proxy):
            raise ValueError("must begin with http://, https://, socks5:// or socks5h://")
        return proxy or None

    @model_validator(mode="after")
    def _secret_for_webhooks(self) -> "BotAccount":
        if any(not _SECRET.match(s.get_secret_value()) for s in self.secret):
            raise ValueError("secret: only A-Z, a-z, 0-9, _ and - can be sent back by the vendor, at most 256")
        if self.mode == "webhook" and not self.secret:
            raise ValueError("secret: is missing; mode webhook needs one, to know who calls")
        return self


def polls(account: BotAccount) -> bool:
    """Return whether we ask the vendor."""
    return account.mode == "polling"


def is_called(account: BotAccount) -> bool:
    """Return whether the vendor calls us."""
    return account.mode == "webhook"
