"""What peyvand.yaml says of one FreeSWITCH."""

from pathlib import Path

from pydantic import ConfigDict, Field, SecretStr, field_validator, model_validator

from ingest_phone.recordings.settings import Recorded
from peyvand.signature import Secrets


class Settings(Recorded):
    """One FreeSWITCH: it posts each call with `user` and `secret`, or wrote into `folder` what it could not post, or is
    listened to at `esl`, host and port of its event socket, with `password`, and as `esl_user` (user@domain) where one
    of its directory has narrower rights.

    `recordings` is where the files of `recordings_folder`, a folder of FreeSWITCH, can be had.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    user: str = "peyvand"
    secret: Secrets = ()
    folder: Path | None = None
    esl: str | None = None
    esl_user: str | None = Field(None, pattern=r"^[^\s@:]+@[^\s@:]+$")
    password: SecretStr | None = None
    poll_seconds: float = Field(10.0, gt=0, le=3600)
    recordings_folder: str = "/var/lib/freeswitch/recordings"
    inbound_contexts: tuple[str, ...] = ("public",)
    extension_digits: tuple[int, int] = (2, 5)

    @field_validator("extension_digits")
    @classmethod
    def _a_range(cls, value: tuple[int, int]) -> tuple[int, int]:
        if not 1 <= value[0] <= value[1] <= 8:
            raise ValueError("must be the fewest and the most digits of an extension, within 1 and 8")
        return value

    @field_validator("esl")
    @classmethod
    def _host_and_port(cls, value: str | None) -> str | None:
        host, _, port = (value or "").rpartition(":")
        if value is not None and not (host and port.isascii() and port.isdecimal() and 0 < int(port) < 65536):
            raise ValueError("must be host and port of the event socket (an example: pbx.example.ir:8021)")
        return value

    @field_validator("password")
    @classmethod
    def _one_line(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and (not value.get_secret_value() or {"\n", "\r"} & set(value.get_secret_value())):
            raise ValueError("must be one line")
        return value

    @model_validator(mode="after")
    def _called_read_or_heard(self) -> "Settings":
        if self.folder is None and self.esl is None and not self.secret:
            raise ValueError("secret: is missing; or folder, for a connector that reads the error log folder; or esl")
        if self.folder is not None and self.secret:
            raise ValueError("folder: belongs to a connector of its own, without secret")
        if self.esl is not None and (self.folder is not None or self.secret):
            raise ValueError("esl: belongs to a connector of its own, without secret and folder")
        if (self.esl is None) != (self.password is None):
            raise ValueError("password: is that of esl; both belong to one connector")
        if self.esl is None and self.esl_user is not None:
            raise ValueError("esl_user: is the user at esl")
        return self


def is_called(settings: Settings) -> bool:
    """Return whether FreeSWITCH posts to this connector."""
    return settings.folder is None and settings.esl is None


def reads(settings: Settings) -> bool:
    """Return whether this connector reads a folder."""
    return settings.folder is not None


def is_heard(settings: Settings) -> bool:
    """Return whether this connector listens to calls as they go on."""
    return settings.esl is not None
