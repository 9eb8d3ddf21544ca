"""What peyvand.yaml says of one FreeSWITCH."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from peyvand.signature import Secrets


class Settings(BaseModel):
    """One FreeSWITCH: it posts each call with `user` and `secret`, or wrote into `folder` what it could not post.

    `recordings` is the address under which the files of `recordings_folder`, a folder of FreeSWITCH, can be fetched.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    user: str = "peyvand"
    secret: Secrets = ()
    folder: Path | None = None
    poll_seconds: float = Field(10.0, gt=0, le=3600)
    recordings: str | None = None
    recordings_user: str = "peyvand"
    recordings_password: SecretStr | None = None
    recordings_folder: str = "/var/lib/freeswitch/recordings"
    inbound_contexts: tuple[str, ...] = ("public",)
    extension_digits: tuple[int, int] = (2, 5)

    @field_validator("extension_digits")
    @classmethod
    def _a_range(cls, value: tuple[int, int]) -> tuple[int, int]:
        if not 1 <= value[0] <= value[1] <= 8:
            raise ValueError("must be the fewest and the most digits of an extension, within 1 and 8")
        return value

    @field_validator("recordings")
    @classmethod
    def _an_address(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("https://", "http://")):
            raise ValueError("must be an address (an example: https://pbx.example.ir/recordings/)")
        return value

    @model_validator(mode="after")
    def _called_or_read(self) -> "Settings":
        if self.folder is None and not self.secret:
            raise ValueError("secret: is missing; or folder, for a connector that reads the error log folder")
        if self.folder is not None and self.secret:
            raise ValueError("folder: belongs to a connector of its own, without secret")
        return self


def is_called(settings: Settings) -> bool:
    """Return whether FreeSWITCH posts to this connector."""
    return settings.folder is None


def reads(settings: Settings) -> bool:
    """Return whether this connector reads a folder."""
    return settings.folder is not None
