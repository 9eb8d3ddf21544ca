"""One mailbox on an IMAP server, as peyvand.yaml has it."""

from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import ByteSize, Field, SecretStr, ValidationInfo, field_validator, model_validator

from ingest_email.account import MailAccount
from ingest_email.imap.nearness import is_this_machine
from ingest_email.imap.oauth import HOSTS, Client
from ingest_email.reading.interaction import Ours, ours
from peyvand.access import Grant

STARTTLS_PORT = 143
# https://support.google.com/a/answer/1071518: what one account may fetch over IMAP in a day.
GMAIL_A_DAY = ByteSize(2_500_000_000)


class Settings(MailAccount):
    """Where the mailbox is, how we sign in, what of it is read, and how much at a time."""

    host: str = Field(min_length=1)
    port: int = Field(default=993, ge=1, le=65535)
    username: str = Field(min_length=1)
    oauth: Client | None = None
    password: SecretStr | None = Field(default=None, min_length=1, validate_default=True)
    tls: Literal["implicit", "starttls", "none"] = "implicit"
    insecure: bool = False  # allows `tls: none` to another machine: the password then travels in the clear
    ca_file: Path | None = None  # the certificate of an authority of one's own
    folders: tuple[str, ...] | None = Field(default=None, min_length=1)
    since: date | None = None
    poll_seconds: float = Field(default=15, ge=1, le=3600)
    idle: bool = True
    max_message: ByteSize = Field(default=ByteSize(25 * 1024 * 1024), ge=64 * 1024)
    window: ByteSize = Field(default=ByteSize(16 * 1024 * 1024), ge=1024 * 1024)  # asked for and not here yet
    daily: ByteSize | None = Field(default=None, ge=1024 * 1024)
    connections: int = Field(default=20, ge=1, le=1000)  # to one host, of all mailboxes together

    @model_validator(mode="before")
    @classmethod
    def _usual(cls, given: Any) -> Any:
        """Fill in what follows from the rest: the port from tls, the host from the provider."""
        if not isinstance(given, dict):
            return given
        usual: dict[str, Any] = {}
        if given.get("tls") in ("starttls", "none"):
            usual["port"] = STARTTLS_PORT
        client = given.get("oauth")
        if isinstance(client, dict) and client.get("provider") in HOSTS:
            usual["host"] = HOSTS[client["provider"]]
        return {**usual, **given}

    @field_validator("password")
    @classmethod
    def _or_oauth(cls, given: SecretStr | None, known: ValidationInfo) -> SecretStr | None:
        if given is None and known.data.get("oauth") is None:
            raise ValueError("is missing (or oauth, for a mailbox that is signed in to through a browser)")
        return given

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if self.tls == "none" and not self.insecure and not is_this_machine(self.host):
            raise ValueError(
                "tls: none would send the password in the clear; use implicit or starttls, or say insecure: true"
            )
        return self

    @cached_property
    def own(self) -> Ours:
        """Return what is ours here: a user name that is an address, too."""
        return ours([self.username, *self.addresses], internal=self.internal, trusted=self.trusted_servers)

    @property
    def a_day(self) -> int | None:
        """Return how many bytes may be fetched in a day, or None for as many as there are."""
        if self.daily is None and self.host.lower().rstrip(".").endswith(("imap.gmail.com", "imap.googlemail.com")):
            return GMAIL_A_DAY
        return self.daily


def grant(settings: Settings) -> Grant | None:
    """Return how the mailbox's tokens are had, or None for one with a password."""
    return settings.oauth.grant(settings.username) if settings.oauth else None
