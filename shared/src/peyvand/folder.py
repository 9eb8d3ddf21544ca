"""Blobs in a folder: each file is on the disk, under its own name, before anybody is told that it is there."""

import asyncio
import hashlib
import os
import re
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from peyvand.errors import Unavailable

T = TypeVar("T")

_NAME = re.compile(r"sha256:[0-9a-f]{64}")
_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class FolderBlobs:
    """Blobs as files: `ab/ab12…` by the SHA-256 of the content."""

    folder: Path

    async def put(self, content: bytes) -> str:
        """Return the name under which the bytes are now durable; raises Unavailable."""
        return (await self.put_all([content]))[0]

    async def put_all(self, contents: Sequence[bytes]) -> list[str]:
        """Return the names under which the bytes are now durable, in order; raises Unavailable."""
        try:
            return await asyncio.to_thread(self._written, contents)
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

    def _written(self, contents: Sequence[bytes]) -> list[str]:
        names = [named(content) for content in contents]
        missing = {n: c for n, c in zip(names, contents, strict=True) if not _whole(self._path(n), len(c))}
        self._write(missing)
        # also of those that were there: who wrote them may not have come so far
        _together(_synced, {self._path(name).parent for name in names} | ({self.folder} if names else set()))
        return names

    def _write(self, contents: Mapping[str, bytes]) -> None:
        """Write files under names that nobody knows, then give them their own, so that what has its name is whole."""
        paths = {name: self._path(name) for name in contents}
        for parent in {path.parent for path in paths.values()}:
            parent.mkdir(exist_ok=True)
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


def path_of(name: str) -> str:
    """Return where a blob stands: folders of few files each; raises KeyError for what is no name of a blob."""
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
