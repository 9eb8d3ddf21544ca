"""What a process is told by its environment."""

from pathlib import Path
from typing import TypeVar

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from peyvand.errors import PeyvandError
from peyvand.settings import Configuration

S = TypeVar("S", bound=BaseSettings)


class WrongEnvironment(PeyvandError):
    """Variables of the environment cannot be used; the message names each."""


class Process(BaseSettings):
    """PEYVAND_CONFIG, PEYVAND_HOST, PEYVAND_PORT, PEYVAND_BLOBS, PEYVAND_SPOOL, PEYVAND_KEY."""

    model_config = SettingsConfigDict(env_prefix="PEYVAND_", env_ignore_empty=True)

    config: Path = Path("peyvand.yaml")
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    blobs: str | None = None
    spool: Path | None = None
    key: SecretStr | None = None

    def blobs_of(self, configuration: Configuration) -> str:
        """Return where blobs are: what the environment says, else peyvand.yaml, else a folder."""
        return self.blobs or configuration.storage.blobs or "var/blobs"


class Storage(BaseSettings):
    """DATABASE_URL."""

    model_config = SettingsConfigDict(env_ignore_empty=True)

    url: SecretStr | None = Field(default=None, alias="DATABASE_URL")

    def database_of(self, configuration: Configuration) -> str | None:
        """Return where the database is: what the environment says, else peyvand.yaml."""
        url = self.url or configuration.storage.database
        return url.get_secret_value() if url else None


def told(model: type[S]) -> S:
    """Return settings from the environment; raises WrongEnvironment with every mistake."""
    prefix = str(model.model_config.get("env_prefix", ""))
    try:
        return model()
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)
        names = [".".join(map(str, e["loc"])) for e in found]
        mistakes = [f"  {(prefix + name).upper()}: {e['msg']}" for name, e in zip(names, found, strict=True)]
        raise WrongEnvironment("\n".join(["the environment cannot be used:", *mistakes])) from None
