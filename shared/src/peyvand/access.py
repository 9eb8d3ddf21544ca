"""Accounts that a person signs in to through a browser (OAuth 2.0, RFC 6749): what a source says, and gets, of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from pydantic import SecretStr


@dataclass(frozen=True, slots=True)
class Grant:
    """Where, as which registered client, and for what an account's tokens are asked for.

    A person confirms a code on any screen (`device_url`, RFC 8628), else in the browser that `authorize_url` is opened
    in (RFC 8252). `also` are parameters that this vendor wants there beside the standard's.
    """

    client_id: str
    scopes: tuple[str, ...]
    token_url: str
    client_secret: SecretStr | None = None
    device_url: str | None = None
    authorize_url: str | None = None
    also: Mapping[str, str] = field(default_factory=dict)


class Access(Protocol):
    """The right to one account, for as long as a person's sign-in lasts."""

    async def token(self) -> str:
        """Return an access token that is good for a minute at least; raises NotSignedIn, SignInFailed, Unavailable."""
        ...

    async def renewed(self) -> str:
        """Return another one than the last, which the source refused; raises as `token` does."""
        ...
