"""One WooCommerce shop, as peyvand.yaml names it."""

from datetime import date
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from peyvand.signature import Secrets

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class ShopAccount(BaseModel):
    """`secret` signs what the shop sends (mode webhook), `key` and `key_secret` let us ask it (mode polling)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str
    mode: Literal["webhook", "polling"] = "webhook"
    secret: Secrets = ()
    key: SecretStr | None = None
    key_secret: SecretStr | None = None
    currency: str | None = None
    source: str | None = None
    since: date | None = None
    poll_seconds: float = Field(default=60, ge=0.01, le=86_400)
    proxy: str | None = None

    @field_validator("url")
    @classmethod
    def _address(cls, written: str) -> str:
        parts = urlsplit(written)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.username:
            raise ValueError("needs the shop's address, such as https://shop.example.ir")
        return written.rstrip("/")

    @model_validator(mode="after")
    def _complete(self) -> "ShopAccount":
        if self.mode == "webhook" and not self.secret:
            raise ValueError("mode: webhook needs the secret that is written at the shop's webhooks")
        if self.mode == "polling" and not self.asks:
            raise ValueError("mode: polling needs key and key_secret (ck_… and cs_…, of a REST key that may read)")
        if self.asks and urlsplit(self.url).scheme == "http" and self.host not in _LOOPBACK:
            raise ValueError("key and key_secret travel with each question: the shop's url must be https")
        return self

    @property
    def host(self) -> str:
        """Return the shop's host without www: what its order numbers mean something in."""
        return (urlsplit(self.url).hostname or "").removeprefix("www.")

    @property
    def asks(self) -> bool:
        """Return whether the shop can be asked."""
        return self.key is not None and self.key_secret is not None


def polls(account: ShopAccount) -> bool:
    """Return whether a shop is asked for its orders, and does not send them."""
    return account.mode == "polling"


def is_called(account: ShopAccount) -> bool:
    """Return whether a shop sends its orders."""
    return account.mode == "webhook"
