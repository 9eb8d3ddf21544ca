"""What the accounts of all panels have in common."""

import re
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from peyvand.identity import latin_digits
from peyvand.signature import Secrets

_PROXY = re.compile(r"(?:https?|socks5h?)://\S+\Z")
# What stands in an address as it is.
_IN_ADDRESS = re.compile(r"[A-Za-z0-9_.~-]+\Z")


def _several(value: object) -> object:
    return (str(value),) if isinstance(value, str | int) else value


Line = Annotated[str, Field(pattern=r"^\+?\d{3,20}$"), BeforeValidator(lambda v: latin_digits(str(v)).strip())]
Lines = Annotated[tuple[Line, ...], BeforeValidator(_several)]


class Panel(BaseModel):
    """One account at a panel, asked for its messages, or called by it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: Literal["polling", "webhook"] = "polling"
    secret: Secrets = ()
    poll_seconds: Annotated[int, Field(ge=5, le=3600)] = 30
    proxy: str | None = None

    @field_validator("proxy")
    @classmethod
    def _known_proxy(cls, proxy: str | None) -> str | None:
        if proxy and not _PROXY.match(proxy):
            raise ValueError("must begin with http://, https://, socks5:// or socks5h://")
        return proxy or None

    @model_validator(mode="after")
    def _secret_for_webhooks(self) -> "Panel":
        if any(not _IN_ADDRESS.match(s.get_secret_value()) for s in self.secret):
            raise ValueError("secret: it stands in an address: only A-Z, a-z, 0-9, _, ., ~ and -")
        if self.mode == "webhook" and not self.secret:
            raise ValueError("secret: is missing; mode webhook needs one, to know who calls")
        return self


def polls(account: BaseModel) -> bool:
    """Return whether we ask the panel."""
    return getattr(account, "mode", None) == "polling"


def is_called(account: BaseModel) -> bool:
    """Return whether the panel calls us."""
    return getattr(account, "mode", None) == "webhook"
