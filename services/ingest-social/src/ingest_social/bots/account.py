"""One bot, as peyvand.yaml names it."""

import re
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from peyvand.signature import Secrets

# 110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw
_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{16,}\Z")
# What Telegram takes as secret_token, and what stands in a URL as it is.
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}\Z")
_URL = re.compile(r"https?://[^\s/]+\S*\Z")
_PROXY = re.compile(r"(?:https?|socks5h?)://\S+\Z")


Outbound = Literal["unseen", "posted", "business"]


class Account(BaseModel):
    """What the bots of every vendor have in common."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    has_business: ClassVar[bool] = False  # chats of which the vendor tells both halves

    token: SecretStr
    base_url: str
    mode: Literal["polling", "webhook"] = "polling"
    secret: Secrets = ()
    username: str | None = None
    groups: Literal["ignore", "addressed", "all"] = "addressed"
    proxy: str | None = None
    poll_seconds: Annotated[int, Field(ge=1, le=50)] = 25
    # where the vendor reaches this connector; server.public_url says it for all
    address: str | None = None
    relay_to: str | None = None
    # posted: the program that runs the bot posts what it sends to our API
    outbound: Outbound = "unseen"

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

    @field_validator("outbound")
    @classmethod
    def _told_by_somebody(cls, outbound: Outbound) -> Outbound:
        if outbound == "business" and not cls.has_business:
            raise ValueError("must be unseen or posted: this vendor has no business accounts")
        return outbound

    @field_validator("address", "relay_to")
    @classmethod
    def _known_address(cls, address: str | None) -> str | None:
        if address and not _URL.match(address):
            raise ValueError("must be an address that begins with https:// or http://")
        return address or None

    @model_validator(mode="after")
    def _secret_for_webhooks(self) -> "Account":
        if any(not _SECRET.match(s.get_secret_value()) for s in self.secret):
            raise ValueError("secret: only A-Z, a-z, 0-9, _ and - can be sent back by the vendor, at most 256")
        if self.mode == "webhook" and not self.secret:
            raise ValueError("secret: is missing; mode webhook needs one, to know who calls")
        return self


class BotAccount(Account):
    """A bot of a vendor that speaks the Bot API of Telegram."""

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


def polls(account: Account) -> bool:
    """Return whether we ask the vendor."""
    return account.mode == "polling"


def is_called(account: Account) -> bool:
    """Return whether the vendor calls us."""
    return account.mode == "webhook"


def sees_outbound(account: Account) -> bool:
    """Return whether what we write ourselves reaches us: no vendor tells a bot what it sends."""
    return account.outbound != "unseen"


def relays_to(account: Account) -> str | None:
    """Return the program that runs the bot, and is handed each update on."""
    return account.relay_to
