"""An app at Meta, as peyvand.yaml names it."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from peyvand.signature import Secrets

# Graph v25.0 is served until July 2028: https://developers.facebook.com/docs/graph-api/changelog
VERSION = "v25.0"


class MetaAccount(BaseModel):
    """What every connector of Meta has: what proves its calls, and with what Graph is asked.

    Several secrets: one replaces the other, or two apps (that of Facebook login, that of Instagram login) call here.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)

    app_secret: Secrets = ()
    verify_token: Secrets = ()
    token: SecretStr | None = None
    base_url: Annotated[str, Field(pattern=r"^https?://[^\s/]+$")] = "https://graph.facebook.com"
    version: Annotated[str, Field(pattern=r"^v[0-9]+\.[0-9]+$")] = VERSION
    relay_to: Annotated[str, Field(pattern=r"^https?://\S+$")] | None = None
    proxy: Annotated[str, Field(pattern=r"^(?:https?|socks5h?)://\S+$")] | None = None


def relays_to(account: MetaAccount) -> str | None:
    """Return the program that each call is handed on to, unchanged."""
    return account.relay_to
