"""Where one running Peyvand keeps what it knows: a folder, and the lock that says whose it is now."""

import fcntl
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from peyvand.environment import Process, told
from peyvand.errors import PeyvandError
from peyvand.oauth import Key
from peyvand.settings.model import Storage


class Taken(PeyvandError):
    """The folder cannot be worked in: another Peyvand does, or the system forbids it."""


@dataclass(frozen=True, slots=True)
class Places:
    """The database's URL and the blob store's folder or URL, and the folder that both default into."""

    folder: Path
    database: str
    blobs: str

    @classmethod
    def of(cls, folder: Path, storage: Storage) -> "Places":
        """Return what peyvand.yaml says of storage, completed by files in the folder."""
        url = storage.database.get_secret_value() if storage.database else None
        return cls(folder, url or sqlite(folder), storage.blobs or str(folder / "blobs"))

    @property
    def key(self) -> Key:
        """Return what tokens are sealed with: the environment's, else the folder's own."""
        return Key(told(Process).key, self.folder / "key")

    @property
    def holder(self) -> str:
        """Return the name under which leases are held: the folder's, so that a dead process's are not waited out.

        The folder's lock sees to it that there is no other process.
        """
        return f"{socket.gethostname()}:{self.folder.absolute()}"


def sqlite(folder: Path) -> str:
    """Return the URL of a folder's own database."""
    return f"sqlite:///{folder / 'peyvand.db'}"


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Hold the folder while the body runs, until the process ends however it may; raises Taken."""
    with _lock(folder) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Taken(
                f"another Peyvand is running with the data in {folder}. Stop it, or say --data with another folder."
            ) from error
        yield


def _lock(folder: Path) -> TextIO:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return (folder / "lock").open("w")
    except OSError as error:
        raise Taken(f"{folder} cannot be written ({error.strerror}). Say --data with another folder.") from error
