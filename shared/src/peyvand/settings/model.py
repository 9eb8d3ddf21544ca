"""What peyvand.yaml says, checked."""

from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from peyvand.identity import Organisation, Rules


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


class ApiToken(Strict):
    """Who may use the API from elsewhere; without `teams` it sees what every team sees."""

    name: str
    token: SecretStr = Field(min_length=16)
    teams: tuple[str, ...] | None = None


class Storage(Strict):
    """Where events and files are kept: an SQLAlchemy URL, and a folder or s3:// URL."""

    database: SecretStr | None = None
    blobs: str | None = None


class Api(Strict):
    """The tokens of the API."""

    tokens: tuple[ApiToken, ...] = ()


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


@dataclass(frozen=True, slots=True)
class Configuration:
    """The whole file."""

    organisation: Organisation
    connectors: tuple[Connector, ...] = ()
    server: Server = field(default_factory=Server)
    storage: Storage = field(default_factory=Storage)
    api: Api = field(default_factory=Api)
    identity: Rules = field(default_factory=Rules)

    def teams(self) -> dict[str, str | None]:
        """Return each connector's team."""
        return {c.name: c.team for c in self.connectors}

    def sharing(self) -> dict[str, Sharing]:
        """Return what each connector shows to other teams, of those that show something."""
        return {c.name: c.sharing for c in self.connectors if c.sharing is not None}
