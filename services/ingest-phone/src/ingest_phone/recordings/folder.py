"""Recordings in a folder that Peyvand sees."""

import asyncio
import os
import shutil
import time
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from ingest_phone.recordings.waiting import WRITTEN_SECONDS, missing
from peyvand.errors import Gone, Unavailable
from peyvand.fetching import TooLarge


async def bring(folder: Path, path: PurePosixPath, into: BinaryIO, largest: int) -> None:
    """Copy a file of a folder; raises Unavailable while it may still come, Gone, TooLarge."""
    await asyncio.to_thread(_copied, folder, path, into, largest)


def _copied(folder: Path, path: PurePosixPath, into: BinaryIO, largest: int) -> None:
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
            if -WRITTEN_SECONDS < time.time() - is_.st_mtime < WRITTEN_SECONDS:
                raise Unavailable("the recording is still being written", WRITTEN_SECONDS)
            shutil.copyfileobj(opened, into)
    except (FileNotFoundError, IsADirectoryError) as error:
        raise missing(path) from error
    except OSError as error:
        raise Unavailable(f"the recording cannot be read: {error.strerror}") from error
