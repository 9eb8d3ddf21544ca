"""One mailbox on an IMAP server, as peyvand.yaml has it."""

from datetime import date
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ByteSize, ConfigDict, Field, SecretStr, model_validator

from ingest_email.reading.interaction import Ours, ours

STARTTLS_PORT = 143


class Settings(BaseModel):
    """Where the mailbox is, how we sign in, and what of it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = Field(min_length=1)
    port: int = Field(default=993, ge=1, le=65535)
    username: str = Field(min_length=1)
    password: SecretStr = Field(min_length=1)
    tls: Literal["implicit", "starttls", "none"] = "implicit"
    insecure: bool = False  # allows `tls: none` to another machine: the password then travels in the clear
    ca_file: Path | None = None  # the certificate of an authority of one's own
    folders: tuple[str, ...] | None = Field(default=None, min_length=1)
    addresses: tuple[str, ...] = ()
    since: date | None = None
    poll_seconds: float = Field(default=15, ge=1, le=3600)
    idle: bool = True
    max_message: ByteSize = Field(default=ByteSize(25 * 1024 * 1024), ge=64 * 1024)
    internal: Literal["skip", "store"] = "skip"

    @model_validator(mode="before")
    @classmethod
    def _usual_port(cls, given: Any) -> Any:
        if isinstance(given, dict) and "port" not in given and given.get("tls") in ("starttls", "none"):
            return {**given, "port": STARTTLS_PORT}
        return given

    @model_validator(mode="after")
    def _safe(self) -> "Settings":
        if self.tls == "none" and not self.insecure and not _loopback(self.host):
            raise ValueError(
                "tls: none would send the password in the clear; use implicit or starttls, or say insecure: true"
            )
        return self

    @cached_property
    def own(self) -> Ours:
        """Return the addresses of this mailbox."""
        return ours([self.username, *self.addresses], internal=self.internal == "store")


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
