"""Orders of a system that gives them in rows, as peyvand.yaml names it."""

from collections.abc import Mapping
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from ingest_social.money import currency_of
from ingest_social.orders.columns import FIELDS
from peyvand.errors import BadPayload
from peyvand.signature import Secrets, standard_webhooks_key


def _as_text(value: Any) -> Any:
    return {str(k): str(v) for k, v in value.items()} if isinstance(value, Mapping) else value


class OrdersAccount(BaseModel):
    """`columns` names the headings of fields, `currency` the unit of totals where no column says it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    secret: Secrets = ()
    columns: Annotated[Mapping[str, str], BeforeValidator(_as_text)] = {}
    currency: str | None = None
    timezone: str = "Asia/Tehran"
    source: str | None = Field(default=None, pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")

    @field_validator("secret")
    @classmethod
    def _readable(cls, secrets: Secrets) -> Secrets:
        for secret in secrets:
            standard_webhooks_key(secret)
        return secrets

    @field_validator("columns")
    @classmethod
    def _known(cls, columns: Mapping[str, str]) -> Mapping[str, str]:
        if unknown := set(columns) - set(FIELDS):
            raise ValueError(f"{', '.join(sorted(unknown))}: no field; fields are {', '.join(FIELDS)}")
        return columns

    @field_validator("currency")
    @classmethod
    def _unit(cls, unit: str | None) -> str | None:
        try:
            if unit is not None:
                currency_of(unit)
        except BadPayload as error:
            raise ValueError("is no unit of money: IRR (rial), IRT (toman), or an ISO 4217 code") from error
        return unit

    @field_validator("timezone")
    @classmethod
    def _zone(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError(f"{name!r} is no time zone of the tz database (an example: Asia/Tehran)")
        return name
