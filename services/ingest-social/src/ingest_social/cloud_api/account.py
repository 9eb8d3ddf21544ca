"""Numbers of a WhatsApp Business account, as peyvand.yaml names them."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from ingest_social.meta.account import MetaAccount
from peyvand.identity import whatsapp_phone


def _several(value: Any) -> Any:
    if value is None:
        return ()
    return value if isinstance(value, list | tuple) else (value,)


Ids = Annotated[tuple[Annotated[str, Field(pattern=r"^[0-9]{3,32}$")], ...], BeforeValidator(_several)]
Id = Annotated[str, Field(pattern=r"^[0-9]{3,32}$")]


class Settings(MetaAccount):
    """Numbers whose calls come here, or only a number whose exported chats are brought in.

    `portfolio` is the business portfolio within which a user id means somebody. `outbound` says whether what we write
    reaches us: Meta tells what is written in the app, and of what a program sends only that it was sent, so the program
    may post it to our API.
    """

    phone_number_id: Ids = ()
    portfolio: Id | None = None
    parent_portfolio: Id | None = None
    business_account: Id | None = None
    outbound: Literal["unseen", "posted", "app"] = "unseen"
    number: str | None = None

    @field_validator("number")
    @classmethod
    def _international(cls, number: str | None) -> str | None:
        if number and whatsapp_phone("".join(c for c in number if c.isdecimal())) is None:
            raise ValueError("is no number in international form (an example: +98 912 345 6789)")
        return number or None

    @model_validator(mode="after")
    def _whole(self) -> "Settings":
        needed = ("app_secret", "verify_token", "phone_number_id", "portfolio")
        given = [name for name in needed if getattr(self, name)]
        if len(given) == len(needed) or (self.number and not given):
            return self
        missing = ", ".join(name for name in needed if name not in given)
        raise ValueError(f"{missing}: needed for the Cloud API; for exported chats alone give number and none of them")

    @property
    def takes_calls(self) -> bool:
        """Return whether the Cloud API calls us."""
        return bool(self.app_secret)


def sees_outbound(account: Settings) -> bool:
    """Return whether what we write reaches us; exported chats hold both sides."""
    return account.outbound != "unseen" or not account.takes_calls
