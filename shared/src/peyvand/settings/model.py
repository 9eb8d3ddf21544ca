"""What peyvand.yaml says, checked."""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from peyvand.identity import Organisation, Rules
from peyvand.proxies import LOCAL, Proxies

_PUBLIC = re.compile(r"https?://[^\s/?#@]+(?:/[^\s?#]*)?\Z")


class Strict(BaseModel):
    """A section in which an unknown key is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Sharing(StrEnum):
    """What those outside a connector's team may see of what came through it; each shows what is before it too."""

    METADATA = "metadata"  # who, when, which way
    SUBJECT = "subject"
    ALL = "all"


class Server(Strict):
    """Where the pages and webhooks are served, and under which address the world reaches them."""

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    public_url: str | None = None
    trusted_proxies: tuple[str, ...] = LOCAL

    @field_validator("public_url")
    @classmethod
    def _an_address(cls, value: str | None) -> str | None:
        if value and not _PUBLIC.match(value):
            raise ValueError(
                "must be the address that vendors call, without a path of a webhook: https://peyvand.example.ir"
            )
        return value.rstrip("/") if value else None

    @field_validator("trusted_proxies")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        try:
            return Proxies(value).named
        except ValueError as error:
            raise ValueError(f"{error}; name addresses and networks, as 10.0.0.5 or 10.0.0.0/24") from error

    @property
    def proxies(self) -> Proxies:
        """Return the proxies whose word is taken."""
        return Proxies(self.trusted_proxies)


class ApiToken(Strict):
    """Who may use the API from elsewhere; without `teams` it sees what every team sees.

    `user` is the one of `people` whose program it is: only that person's telephone is told of by it.
    `hears`: of which connectors' calls it may hear the recordings (true: of all), beside reading them. `audits`: it may
    read the audit log, of all teams.
    """

    name: str
    token: SecretStr = Field(min_length=16)
    teams: tuple[str, ...] | None = None
    user: str | None = None
    hears: bool | tuple[str, ...] = False
    audits: bool = False


class Storage(Strict):
    """Where events and files are kept: an SQLAlchemy URL, and a folder or s3:// URL."""

    database: SecretStr | None = None
    blobs: str | None = None


class Api(Strict):
    """The tokens of the API."""

    tokens: tuple[ApiToken, ...] = ()


class Retention(Strict):
    """How many days what is not kept for ever is kept: recordings of calls, from the day of their call (UTC) on."""

    recordings_days: int | None = Field(default=None, ge=1, le=36_500)

    def first_day_kept(self, now: datetime) -> date | None:
        """Return the oldest day whose recordings are kept, None when all are."""
        if self.recordings_days is None:
            return None
        return (now.astimezone(UTC) - timedelta(days=self.recordings_days)).date()

    def keeps(self, called_at: datetime, now: datetime) -> bool:
        """Return whether a recording of a call of that time is kept."""
        first = self.first_day_kept(now)
        return first is None or called_at.astimezone(UTC).date() >= first


class Foreign(BaseModel):
    """Settings that another service reads."""


@dataclass(frozen=True, slots=True)
class Connector:
    """One configured account of a channel."""

    name: str
    channel: str
    settings: BaseModel
    team: str | None = None
    sharing: Sharing | None = None  # None: nothing
    largest_file_mb: int | None = None  # of files that are fetched from the vendor


@dataclass(frozen=True, slots=True)
class Configuration:
    """The whole file."""

    organisation: Organisation
    connectors: tuple[Connector, ...] = ()
    server: Server = field(default_factory=Server)
    storage: Storage = field(default_factory=Storage)
    api: Api = field(default_factory=Api)
    identity: Rules = field(default_factory=Rules)
    retention: Retention = field(default_factory=Retention)

    def teams(self) -> dict[str, str | None]:
        """Return each connector's team."""
        return {c.name: c.team for c in self.connectors}

    def sharing(self) -> dict[str, Sharing]:
        """Return what each connector shows to other teams, of those that show something."""
        return {c.name: c.sharing for c in self.connectors if c.sharing is not None}
