"""Blobs in a folder: each file is on the disk, under its own name, before anybody is told that it is there."""

import asyncio
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from peyvand.errors import Unavailable

T = TypeVar("T")

_NAME = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)
_RECORDING = re.compile(
    r"recording:(\d{4}-\d\d-\d\d/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/[0-9a-f]{64})", re.ASCII
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
RECORDINGS = "recordings"
_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class FolderBlobs:
    """Blobs as files: `ab/ab12…` by the SHA-256 of the content, `recordings/day/call/…` for recordings of calls."""

    folder: Path

    async def put(self, content: bytes) -> str:
        """Return the name under which the bytes are now durable; raises Unavailable."""
        return (await self.put_all([content]))[0]

    async def put_all(self, contents: Sequence[bytes]) -> list[str]:
        """Return the names under which the bytes are now durable, in order; raises Unavailable."""
        names = [named(content) for content in contents]
        await self._put(dict(zip(names, contents, strict=True)))
        return names

    async def put_recording(self, content: bytes, day: date, call: UUID) -> str:
        """Return the name under which a call's recording is now durable; raises Unavailable."""
        name = named_recording(content, day, call)
        await self._put({name: content})
        return name

    async def drop_recordings(self, before: date) -> int:
        """Remove the recordings of all days before one; return of how many days. Raises Unavailable."""
        try:
            return await asyncio.to_thread(self._dropped, before)
        except OSError as error:
            raise Unavailable(f"recordings cannot be removed: {error.strerror}") from error

    async def _put(self, contents: Mapping[str, bytes]) -> None:
        try:
            await asyncio.to_thread(self._written, contents)
        except OSError as error:
            raise Unavailable(f"the folder of blobs takes no files: {error.strerror}") from error

    async def get(self, name: str) -> bytes:
        """Read the bytes back; raises KeyError when there are none, Unavailable when the disk fails."""
        path = self._path(name)
        try:
            return await asyncio.to_thread(path.read_bytes)
        except FileNotFoundError as error:
            raise KeyError(name) from error
        except OSError as error:
            raise Unavailable(f"the folder of blobs cannot be read: {error.strerror}") from error

    def _written(self, contents: Mapping[str, bytes]) -> None:
        self._write({n: c for n, c in contents.items() if not _whole(self._path(n), len(c))})
        # also of those that were there: who wrote them may not have come so far
        _together(_synced, {self.folder / above for name in contents for above in Path(path_of(name)).parents})

    def _dropped(self, before: date) -> int:
        try:
            with os.scandir(self.folder / RECORDINGS) as there:
                days = [e for e in there if is_day_before(e.name, before) and e.is_dir(follow_symlinks=False)]
        except FileNotFoundError:
            return 0
        for day in days:
            try:
                shutil.rmtree(day)
            except FileNotFoundError:  # another process is at it; what it leaves is found the next time
                continue
        return len(days)

    def _write(self, contents: Mapping[str, bytes]) -> None:
        """Write files under names that nobody knows, then give them their own, so that what has its name is whole."""
        paths = {name: self._path(name) for name in contents}
        for parent in {path.parent for path in paths.values()}:
            parent.mkdir(parents=True, exist_ok=True)
        unfinished = {name: path.with_name(f".{path.name}.{secrets.token_hex(4)}") for name, path in paths.items()}
        try:
            for name, content in contents.items():
                unfinished[name].write_bytes(content)
            # only when all are written: a disk takes many syncs in the time of one
            _together(_synced, unfinished.values())
            for name, path in paths.items():
                unfinished[name].replace(path)
        except OSError:
            for path in unfinished.values():
                path.unlink(missing_ok=True)
            raise

    def _path(self, name: str) -> Path:
        return self.folder / path_of(name)


def named(content: bytes) -> str:
    """Return the name of a blob."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def named_recording(content: bytes, day: date, call: UUID) -> str:
    """Return the name of a blob that belongs to one call of one day (UTC), and so can go with it."""
    return f"recording:{day.isoformat()}/{call}/{hashlib.sha256(content).hexdigest()}"


def is_blob(name: str) -> bool:
    """Return whether a name is a blob's."""
    return bool(_NAME.fullmatch(name) or _RECORDING.fullmatch(name))


def is_day_before(name: str, before: date) -> bool:
    """Return whether a folder of recordings is one of a day before another."""
    return bool(_DAY.fullmatch(name)) and name < before.isoformat()


def path_of(name: str) -> str:
    """Return where a blob stands: folders of few files each; raises KeyError for what is no name of a blob."""
    if recording := _RECORDING.fullmatch(name):
        return f"{RECORDINGS}/{recording[1]}"
    if not _NAME.fullmatch(name):
        raise KeyError(name)
    digest = name.removeprefix("sha256:")
    return f"{digest[:2]}/{digest}"


def _whole(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except OSError:
        return False


def _together(work: Callable[[T], None], things: Collection[T]) -> None:
    if len(things) < 2:
        for thing in things:
            work(thing)
        return
    with ThreadPoolExecutor(min(_AT_ONCE, len(things))) as threads:
        for _ in threads.map(work, things):
            pass


def _synced(path: Path) -> None:
    """Return once a file's content, or a folder's names, are on the disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
