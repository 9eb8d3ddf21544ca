"""What peyvand.yaml says of where a switchboard's recordings lie: the same words for every switchboard."""

from pathlib import Path

import asyncssh
from pydantic import BaseModel, Field, SecretStr, field_validator

from ingest_phone.recordings.place import Place, require_place


class Recorded(BaseModel):
    """`recordings`: a folder, https://… or sftp://…, in which the files of `recordings_folder` can be had.

    `recordings_folder` is the same folder as the switchboard calls it. For sftp the server's own key is needed, as a
    line of known_hosts has it, and a password or the file of a private key.
    """

    recordings: str | None = Field(None, description="a folder, or https://… or sftp://…, in which the recordings lie")
    recordings_user: str = "peyvand"
    recordings_password: SecretStr | None = None
    recordings_key: Path | None = None
    recordings_host_key: str | None = None
    recordings_folder: str

    @field_validator("recordings")
    @classmethod
    def _a_place(cls, value: str | None) -> str | None:
        return value if value is None else require_place(value)

    @field_validator("recordings_host_key")
    @classmethod
    def _a_public_key(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                asyncssh.import_public_key(value)
            except (asyncssh.KeyImportError, ValueError) as error:
                raise ValueError("must be the server's public key (an example: ssh-ed25519 AAAAC3…)") from error
        return value

    @property
    def recorded(self) -> Place | None:
        """Return where recordings lie, when the settings say so."""
        if self.recordings is None:
            return None
        return Place(
            self.recordings,
            self.recordings_user,
            self.recordings_password,
            self.recordings_key,
            self.recordings_host_key,
        )
