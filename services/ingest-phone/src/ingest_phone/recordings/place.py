"""Where recordings lie: in a folder that Peyvand sees, at an address, or at an SFTP server."""

import base64
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote, urlsplit

from pydantic import SecretStr

from ingest_phone.recordings import folder, sftp
from peyvand.source import Bring, Remote

_ADDRESSES = ("https://", "http://", "sftp://", "file:///", "/")


@dataclass(frozen=True, slots=True)
class Place:
    """A folder (`/mnt/monitor`, `file:///mnt/monitor`) or an address (`https://…`, `sftp://…`); who signs in there."""

    at: str
    user: str = ""
    password: SecretStr | None = None
    key: Path | None = None
    host_key: str | None = None

    @property
    def folder(self) -> Path | None:
        """Return the folder, unless it is an address."""
        if self.at.startswith(("http://", "https://", "sftp://")):
            return None
        return Path(unquote(urlsplit(self.at).path) if self.at.startswith("file://") else self.at)

    @property
    def server(self) -> sftp.Server | None:
        """Return the SFTP server, if it is one."""
        if not self.at.startswith("sftp://"):
            return None
        return sftp.Server(self.at, self.user, self.password, self.key, self.host_key)

    def of(self, path: PurePosixPath) -> Remote | Bring:
        """Return where a recording lies, by its path below the place."""
        if self.folder is not None:
            return partial(folder.bring, self.folder, path)
        if self.server is not None:
            return partial(sftp.bring, self.server, path)
        return Remote(f"{self.at.rstrip('/')}/{quote(str(path))}", self.headers, trusted=True)

    @property
    def headers(self) -> dict[str, str]:
        """Return what signs in at an address (RFC 7617)."""
        if self.password is None:
            return {}
        pair = f"{self.user}:{self.password.get_secret_value()}"
        return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


def require_place(at: str) -> str:
    """Return what a setting says of a place; raises ValueError."""
    if "@" in urlsplit(at).netloc:
        raise ValueError("user and password stand by themselves, and not in the address")
    if not at.startswith(_ADDRESSES) or (at.startswith("sftp://") and not urlsplit(at).hostname):
        raise ValueError(
            "must be a folder or an address (examples: /mnt/monitor, https://pbx.example.ir/monitor/,"
            " sftp://pbx.example.ir/var/spool/asterisk/monitor)"
        )
    return at


def below(written: str, root: str) -> PurePosixPath | None:
    """Return a recording's path below the switchboard's own folder of recordings, or None for one that is not there."""
    if not written or "\0" in written or "://" in written or "${" in written:
        return None
    path = PurePosixPath(written)
    if path.is_absolute():
        if not path.is_relative_to(root):
            return None
        path = path.relative_to(root)
    return None if ".." in path.parts or not path.name else path
