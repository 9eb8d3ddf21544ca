"""One address at which mail is taken, as peyvand.yaml has it."""

import socket
import ssl
from ipaddress import IPv4Network, IPv6Network, ip_address
from pathlib import Path
from typing import Literal

from pydantic import ByteSize, Field, model_validator

from ingest_email.account import MailAccount
from peyvand.errors import Unavailable
from peyvand.identity import email

_MEGABYTE = 1024 * 1024


class JournalAccount(MailAccount):
    """Where we listen, for whom, who may hand over, and how much of it at once."""

    host: str = "127.0.0.1"
    port: int = Field(default=2525, ge=0, le=65535)
    protocol: Literal["smtp", "lmtp"] = "smtp"
    networks: tuple[IPv4Network | IPv6Network, ...] = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))
    recipients: tuple[str, ...] = ()
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    require_tls: bool = False
    hostname: str = Field(default_factory=socket.gethostname, min_length=1)
    max_message: ByteSize = Field(default=ByteSize(50 * _MEGABYTE), ge=64 * 1024)
    memory: ByteSize = Field(default=ByteSize(200 * _MEGABYTE), ge=64 * 1024)
    most_connections: int = Field(default=50, ge=1, le=10_000)
    idle_seconds: float = Field(default=300, ge=1, le=3600)

    @model_validator(mode="after")
    def _whole(self) -> "JournalAccount":
        if self.tls_key is not None and self.tls_certificate is None:
            raise ValueError("tls_key: needs tls_certificate too")
        if self.require_tls and self.tls_certificate is None:
            raise ValueError("require_tls: needs tls_certificate")
        if self.memory < self.max_message:
            raise ValueError("memory: must hold one mail at least; make it max_message or more")
        return self

    def admits(self, peer: str) -> bool:
        """Return whether an address may hand over mail; a zone index or a mapped IPv4 address counts for nothing."""
        try:
            found = ip_address(peer.partition("%")[0])
        except ValueError:
            return False
        mapped = getattr(found, "ipv4_mapped", None)
        return any((mapped or found) in network for network in self.networks)

    def takes(self, recipient: str) -> bool:
        """Return whether mail for an address is taken: it, or its domain as `@example.ir`, is named, or none is."""
        if not self.recipients:
            return True
        handle = email(recipient)
        address = handle.value if handle else recipient.lower()
        wanted = {named.lower() for named in self.recipients}
        return address in wanted or recipient.lower() in wanted or "@" + address.rpartition("@")[2] in wanted

    def tls(self) -> ssl.SSLContext | None:
        """Return what STARTTLS uses, read anew so that a renewed certificate counts; raises Unavailable."""
        if self.tls_certificate is None:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        try:
            context.load_cert_chain(self.tls_certificate, self.tls_key)
        except (OSError, ssl.SSLError) as error:
            why = getattr(error, "strerror", None) or getattr(error, "reason", None) or type(error).__name__
            raise Unavailable(f"tls_certificate or tls_key cannot be used: {why}") from error
        return context
