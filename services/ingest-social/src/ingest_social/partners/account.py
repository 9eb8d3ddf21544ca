"""A partner, as peyvand.yaml names it: its keys, and what each may do."""

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, field_validator, model_validator

from ingest_social.partners.limit import Limit
from peyvand.event import Direction
from peyvand.signature import Secrets, standard_webhooks_key

Type = Literal["message", "form", "purchase", "call", "meeting", "note"]
TYPES: tuple[Type, ...] = ("message", "form", "purchase", "call", "meeting", "note")
USUAL = Limit(count=600, seconds=60)
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}\Z")
_LEAST = 16


def _one_or_more(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


class Key(BaseModel):
    """One key of a partner: `test` stores nothing, `signed` takes no request without a signature."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    secret: Annotated[SecretStr, Field(min_length=_LEAST)]
    types: Annotated[tuple[Type, ...], BeforeValidator(_one_or_more)] = TYPES
    directions: Annotated[tuple[Direction, ...], BeforeValidator(_one_or_more)] = tuple(Direction)
    limits: Annotated[tuple[Limit, ...], BeforeValidator(_one_or_more)] = (USUAL,)
    test: bool = False
    signed: bool = False

    @field_validator("name")
    @classmethod
    def _in_a_header(cls, name: str) -> str:
        if not _NAME.match(name):
            raise ValueError("needs a name of a-z, 0-9 and -, at most 63 characters")
        return name

    @field_validator("secret")
    @classmethod
    def _readable(cls, secret: SecretStr) -> SecretStr:
        value = secret.get_secret_value()
        if not value.isascii() or not value.isprintable() or " " in value:
            raise ValueError("must be ASCII without spaces, to travel in a header; a good one: openssl rand -hex 24")
        standard_webhooks_key(secret)
        return secret


class PartnerAccount(BaseModel):
    """A system of the company: `secret` is for one that may do everything, `keys` for those that may do less.

    `crm` names the system whose customer numbers it speaks of (`peyvand customers import --source`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    secret: Secrets = ()
    keys: tuple[Key, ...] = ()
    crm: str | None = None

    @property
    def every_key(self) -> tuple[Key, ...]:
        """Return its keys, those of `secret` by the names key, key-2 …"""
        plain = [
            Key(name="key" if n == 1 else f"key-{n}", secret=secret) for n, secret in enumerate(self.secret, start=1)
        ]
        return (*plain, *self.keys)

    @model_validator(mode="after")
    def _told_apart(self) -> "PartnerAccount":
        keys = self.every_key
        if not keys:
            raise ValueError("needs a secret, or keys: each with a name and a secret")
        for what, values in (
            ("name", [key.name for key in keys]),
            ("secret", [key.secret.get_secret_value() for key in keys]),
        ):
            if len(set(values)) < len(values):
                raise ValueError(f"keys: two have one {what}")
        return self
