"""A spool's folder belongs to one process at a time."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from peyvand.errors import PeyvandError
from peyvand.spool.files import sync_folder


class Taken(PeyvandError):
    """The spool's folder cannot be worked in: another process does, or the system forbids it."""


def locked(folder: Path) -> int:
    """Return the descriptor that holds the folder until it is closed or the process ends; raises Taken."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(PermissionError):  # where we may not look we have not made the folder
            sync_folder(folder.parent)
        lock = os.open(folder / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise Taken(f"the spool in {folder} cannot be written: {error.strerror}.") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        raise Taken(
            f"another process works with the spool in {folder}. Stop it, or give this process a folder of its own."
        ) from error
    return lock
