"""What a process is told by its environment."""

from pathlib import Path
from typing import TypeVar

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from peyvand.errors import PeyvandError
from peyvand.settings import Configuration, Server

S = TypeVar("S", bound=BaseSettings)


class WrongEnvironment(PeyvandError):
    """Variables of the environment cannot be used; the message names each."""


class Process(BaseSettings):
    """PEYVAND_CONFIG, PEYVAND_HOST, PEYVAND_PORT, PEYVAND_BLOBS, PEYVAND_SPOOL, PEYVAND_KEY.

    PEYVAND_PUBLIC_URL and PEYVAND_TRUSTED_PROXIES (by commas) say of one process what `server:` says of all.
    """

    model_config = SettingsConfigDict(env_prefix="PEYVAND_", env_ignore_empty=True)

    config: Path = Path("peyvand.yaml")
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    blobs: str | None = None
    spool: Path | None = None
    key: SecretStr | None = None
    public_url: str | None = None
    trusted_proxies: str | None = None

    def blobs_of(self, configuration: Configuration) -> str:
        """Return where blobs are: what the environment says, else peyvand.yaml, else a folder."""
        return self.blobs or configuration.storage.blobs or "var/blobs"

    def server_of(self, configuration: Configuration) -> Server:
        """Return what stands before this process, by the environment, else by peyvand.yaml; raises WrongEnvironment."""
        proxies = self.trusted_proxies
        told = {
            "public_url": self.public_url,
            "trusted_proxies": tuple(p.strip() for p in proxies.split(",") if p.strip()) if proxies else None,
        }
        said = {key: value for key, value in told.items() if value is not None}
        try:
            return Server.model_validate({**configuration.server.model_dump(), **said})
        except ValidationError as error:
            raise _wrong(error, "PEYVAND_") from None


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
        raise _wrong(error, prefix) from None


def _wrong(error: ValidationError, prefix: str) -> WrongEnvironment:
    found = error.errors(include_input=False, include_url=False)
    names = [".".join(map(str, e["loc"])) for e in found]
    mistakes = [f"  {(prefix + name).upper()}: {e['msg']}" for name, e in zip(names, found, strict=True)]
    return WrongEnvironment("\n".join(["the environment cannot be used:", *mistakes]))
