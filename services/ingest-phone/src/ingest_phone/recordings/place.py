"""Where recordings lie: in a folder that Peyvand sees, or at an address."""

import asyncio
import base64
import os
import re
import shutil
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO
from urllib.parse import quote, unquote, urlsplit

from pydantic import SecretStr

from peyvand.errors import Gone, Unavailable
from peyvand.fetching import TooLarge
from peyvand.source import Bring, Remote

# So long a recording may come after its call: switchboards mix, convert and copy.
AGE = timedelta(days=2)
_WRITTEN_SECONDS = 3  # a file that grew so short a time ago is still being written
_DATED = re.compile(r"(?:^|\D)(20\d\d)[-/]?(0[1-9]|1[0-2])[-/]?(0[1-9]|[12]\d|3[01])(?:\D|$)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """A folder (`/mnt/monitor`, `file:///mnt/monitor`) or an address (`https://…`), with who signs in there."""

    at: str
    user: str = ""
    password: SecretStr | None = None

    @property
    def folder(self) -> Path | None:
        """Return the folder, unless it is an address."""
        if self.at.startswith(("http://", "https://")):
            return None
        return Path(unquote(urlsplit(self.at).path) if self.at.startswith("file://") else self.at)

    def of(self, path: PurePosixPath) -> Remote | Bring:
        """Return where a recording lies, by its path below the place."""
        folder = self.folder
        if folder is not None:
            return partial(_bring, folder, path)
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
    if not at.startswith(("https://", "http://", "file:///", "/")):
        raise ValueError("must be a folder or an address (examples: /mnt/monitor, https://pbx.example.ir/monitor/)")
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


async def _bring(folder: Path, path: PurePosixPath, into: BinaryIO, largest: int) -> None:
    await asyncio.to_thread(_copied, folder, path, into, largest)


def _copied(folder: Path, path: PurePosixPath, into: BinaryIO, largest: int) -> None:
    """Copy a file of a folder; raises Unavailable while it may still come, Gone, TooLarge."""
    try:
        root, found = folder.resolve(strict=True), (folder / path).resolve()
    except OSError as error:
        raise Unavailable(f"the folder of recordings {folder} cannot be read: {error.strerror}") from error
    if not found.is_relative_to(root):
        raise Gone("a link leads out of the folder of recordings")
    try:
        with found.open("rb") as opened:
            is_ = os.fstat(opened.fileno())
            if is_.st_size > largest:
                raise TooLarge(f"{is_.st_size} bytes")
            if -_WRITTEN_SECONDS < time.time() - is_.st_mtime < _WRITTEN_SECONDS:
                raise Unavailable("the recording is still being written", _WRITTEN_SECONDS)
            shutil.copyfileobj(opened, into)
    except (FileNotFoundError, IsADirectoryError) as error:
        if _is_old(path, datetime.now(UTC)):
            raise Gone(f"there is no {path.name} in the folder of recordings") from error
        raise Unavailable(f"there is no {path.name} in the folder of recordings yet") from error
    except OSError as error:
        raise Unavailable(f"the recording cannot be read: {error.strerror}") from error


def _is_old(path: PurePosixPath, now: datetime) -> bool:
    """Return whether a recording's name says a day so long ago that it will not come any more."""
    found = _DATED.search(str(path))
    if found is None:
        return False
    try:
        day = datetime(int(found[1]), int(found[2]), int(found[3]), tzinfo=UTC)
    except ValueError:
        return False
    return now - day > AGE + timedelta(days=1)
