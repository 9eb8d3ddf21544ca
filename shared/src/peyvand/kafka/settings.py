"""What the environment says of the bus."""

import re

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

# A name or an IPv4 address, or an IPv6 address in brackets.
_ADDRESS = re.compile(r"([\w.-]+|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?")


class KafkaSettings(BaseSettings):
    """KAFKA_BOOTSTRAP_SERVERS and what else a process may be told; without servers there is no bus.

    `topic_prefix` keeps organisations apart that share brokers. `send_seconds` is the longest that a publisher waits
    for an acknowledgement, `most_waiting` how many may wait for one at the same time.
    """

    model_config = SettingsConfigDict(env_prefix="KAFKA_", env_ignore_empty=True)

    bootstrap_servers: str | None = None
    topic_prefix: str = Field(default="", pattern=r"^[a-zA-Z0-9._-]{0,150}$")
    partitions: int = Field(default=12, ge=1)
    replication: int = Field(default=1, ge=1)
    retention_hours: int = Field(default=168, ge=1)
    send_seconds: float = Field(default=5.0, gt=0)
    most_waiting: int = Field(default=1000, ge=1)
    group: str = "timeline"
    group_instance: str | None = None
    session_seconds: float = Field(default=30.0, ge=6)

    @field_validator("bootstrap_servers")
    @classmethod
    def _addresses(cls, given: str | None) -> str | None:
        for server in _servers(given):
            address = _ADDRESS.fullmatch(server)
            if address is None or int(address[2] or 0) > 65535:
                raise ValueError(f"expected host:port, with commas between, not {server!r}")
        return given

    @property
    def servers(self) -> list[str]:
        """Return the addresses to begin with."""
        return _servers(self.bootstrap_servers)

    def topic(self, name: str) -> str:
        """Return a topic's full name."""
        return f"{self.topic_prefix}{name}"


def _servers(given: str | None) -> list[str]:
    return [server.strip() for server in (given or "").split(",") if server.strip()]
