"""One account at Twilio, as peyvand.yaml names it."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from peyvand.signature import Secrets


class TwilioAccount(BaseModel):
    """An account or subaccount; `auth_token` may be two while the secondary one replaces the first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    account_sid: Annotated[str, Field(pattern=r"^AC[0-9a-f]{32}$")]
    auth_token: Secrets
    mode: Literal["webhook", "polling"] = "webhook"
    poll_seconds: Annotated[int, Field(ge=10, le=3600)] = 60
    base_url: str = "https://api.twilio.com"
    proxy: str | None = None

    @model_validator(mode="after")
    def _with_a_token(self) -> "TwilioAccount":
        if not self.auth_token:
            raise ValueError("auth_token: is missing")
        return self

    @property
    def credentials(self) -> tuple[str, str]:
        """Return what signs in to the REST API."""
        return self.account_sid, self.auth_token[0].get_secret_value()

    @property
    def root(self) -> str:
        """Return the path under which everything of the account lies."""
        return f"/2010-04-01/Accounts/{self.account_sid}"
