"""What the environment says of the bus."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


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

    @property
    def servers(self) -> list[str]:
        """Return the addresses to begin with."""
        return [given.strip() for given in (self.bootstrap_servers or "").split(",") if given.strip()]

    def topic(self, name: str) -> str:
        """Return a topic's full name."""
        return f"{self.topic_prefix}{name}"
