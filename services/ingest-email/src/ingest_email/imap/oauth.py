"""Mailboxes that are signed in to through a browser: which provider, and the client that the company registered there.

Microsoft: https://learn.microsoft.com/en-us/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth
Google: https://developers.google.com/gmail/imap/xoauth2-protocol
"""

from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from ingest_email.imap.nearness import is_this_machine
from peyvand.access import Grant

HOSTS = {"microsoft": "outlook.office365.com", "google": "imap.gmail.com"}
_MICROSOFT = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0"
_URLS = ("token_url", "device_url", "authorize_url")


class Client(BaseModel):
    """The client that the company registered at its provider."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    provider: Literal["microsoft", "google", "other"]
    client_id: str = Field(min_length=1)
    client_secret: SecretStr | None = None
    tenant: str = Field(default="organizations", pattern=r"^[A-Za-z0-9.-]+$")
    token_url: str | None = None
    device_url: str | None = None
    authorize_url: str | None = None
    scopes: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        told = {name: getattr(self, name) for name in _URLS if getattr(self, name)}
        if self.provider != "other" and (told or self.scopes):
            raise ValueError(f"provider: {self.provider} knows its addresses and scopes; leave them out, or say other")
        if self.provider == "google" and self.client_secret is None:
            raise ValueError("Google gives each client a client_secret; it is needed here too")
        if self.provider == "other" and not (self.token_url and (self.device_url or self.authorize_url)):
            raise ValueError("provider: other needs token_url, and device_url or authorize_url")
        if unsafe := [name for name, url in told.items() if not _safe(url)]:
            raise ValueError(f"{unsafe[0]} must begin with https://")
        return self

    def grant(self, username: str) -> Grant:
        """Return how a mailbox's tokens are had."""
        match self.provider:
            case "microsoft":
                base = _MICROSOFT.format(tenant=self.tenant)
                scopes: tuple[str, ...] = ("https://outlook.office.com/IMAP.AccessAsUser.All", "offline_access")
                return Grant(self.client_id, scopes, f"{base}/token", self.client_secret, f"{base}/devicecode")
            case "google":
                # Google gives no tokens for mail by a code on another screen; and a lasting one only when asked so
                also = {"access_type": "offline", "prompt": "consent", "login_hint": username}
                return Grant(
                    self.client_id,
                    ("https://mail.google.com/",),
                    "https://oauth2.googleapis.com/token",
                    self.client_secret,
                    authorize_url="https://accounts.google.com/o/oauth2/v2/auth",
                    also=also,
                )
            case "other":
                token_url = self.token_url or ""
                urls = (self.device_url, self.authorize_url)
                return Grant(self.client_id, self.scopes, token_url, self.client_secret, *urls)


def _safe(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and is_this_machine(parts.hostname or ""))
