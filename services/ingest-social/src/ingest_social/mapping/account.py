"""One source of JSON, as peyvand.yaml describes it."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from ingest_social.mapping.expression import Expression
from ingest_social.mapping.rule import Rule, Told
from peyvand.signature import Secrets, standard_webhooks_key

Scheme = Literal[
    "standard-webhooks", "github", "hub", "slack-v0", "zoom", "line", "viber", "shopify", "typeform", "stripe",
    "vonage", "bearer", "header", "field", "basic", "address",
]  # fmt: skip
Challenge = Literal["slack", "zoom", "meta", "ringcentral", "echo"]
_HEADER = r"^[A-Za-z0-9-]{1,100}$"


class Sample(Told):
    """One body of the vendor, by which the mapping is tried at start; a text is JSON."""

    body: Any
    headers: Mapping[str, str] = {}

    @field_validator("body")
    @classmethod
    def _is_json(cls, body: Any) -> Any:
        if not isinstance(body, str):
            return body
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise ValueError(f"is no JSON: {error}") from error


class Download(Told):
    """Where files lie: `{at}` in the address is what the rule found; the token goes only to that host."""

    url: str = Field(pattern=r"^https?://")
    token: SecretStr | None = None


class MappedAccount(BaseModel):
    """`family` is the channel that agents see; `events` finds the events of one request.

    Without rules everything is kept, to be looked at while they are written.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    family: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,30}$")]
    signature: Scheme
    secret: Secrets
    header: str | None = Field(default=None, pattern=_HEADER)
    field: str = "token"
    user: str = ""
    challenge: Challenge | None = None
    verify_token: SecretStr | None = None
    sees_outbound: bool = False
    events: Expression = "@"
    rules: Annotated[tuple[Rule, ...], Field(max_length=100)] = ()
    download: Download | None = None
    sample: Sample | None = None

    @model_validator(mode="after")
    def _complete(self) -> "MappedAccount":
        if not self.secret:
            raise ValueError("needs a secret: what proves nothing is taken only at an address that holds one")
        if self.signature == "standard-webhooks":
            for secret in self.secret:
                standard_webhooks_key(secret)
        if self.signature == "header" and self.header is None:
            raise ValueError("signature: header needs header, the name of the one that holds the token")
        if self.challenge == "meta" and self.verify_token is None:
            raise ValueError("challenge: meta needs verify_token")
        return self
