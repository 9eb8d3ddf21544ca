"""Large bytes by reference: a folder, or any S3-compatible store, through obstore."""

import asyncio
import hashlib
import os
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from peyvand.delivery import Delivery
from peyvand.errors import Rejected, Unavailable

# A delivery's body beyond this travels by reference.
INLINE_LIMIT = 256 * 1024


class Blobs(Protocol):
    """Bytes that are named by their SHA-256."""

    async def put(self, content: bytes) -> str:
        """Return the name under which the bytes are now durable; raises Unavailable."""
        ...

    async def get(self, name: str) -> bytes:
        """Return the bytes; raises KeyError when there are none, Unavailable when the store is away."""
        ...


class ObjectStoreBlobs:
    """Blobs in whatever obstore can reach."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    async def put(self, content: bytes) -> str:
        """Store the bytes; the same bytes are stored once."""
        name = "sha256:" + hashlib.sha256(content).hexdigest()
        try:
            await self._store.put_async(_path(name), content)
            if isinstance(self._store, LocalStore):
                await asyncio.to_thread(_synced, Path(str(self._store.prefix)) / _path(name))
        except (BaseError, OSError) as error:
            raise Unavailable(f"the blob store refused {len(content)} bytes: {type(error).__name__}") from error
        return name

    async def get(self, name: str) -> bytes:
        """Read the bytes back."""
        try:
            found = await self._store.get_async(_path(name))
            return bytes(await found.bytes_async())
        except FileNotFoundError as error:
            raise KeyError(name) from error
        except (BaseError, OSError) as error:
            raise Unavailable(f"the blob store does not answer: {type(error).__name__}") from error


def open_blobs(url: str) -> ObjectStoreBlobs:
    """Return the store at a URL: a folder's path, or s3://bucket/prefix with credentials from the environment.

    Raises Rejected when a folder cannot be made.
    """
    if "://" not in url:
        folder = Path(url)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Rejected(f"the folder of blobs, {folder}, cannot be made: {error.strerror}") from error
        return ObjectStoreBlobs(LocalStore(folder))
    return ObjectStoreBlobs(from_url(url))


async def by_reference(delivery: Delivery, blobs: Blobs, limit: int = INLINE_LIMIT) -> Delivery:
    """Return the delivery, its body put away when it is longer than the limit (claim check)."""
    if len(delivery.body) <= limit:
        return delivery
    return replace(delivery, body=b"", body_ref=await blobs.put(delivery.body))


async def with_body(delivery: Delivery, blobs: Blobs) -> Delivery:
    """Return the delivery with its body in hand, fetched when it travelled by reference."""
    if delivery.body_ref is None:
        return delivery
    return replace(delivery, body=await blobs.get(delivery.body_ref), body_ref=None)


def _synced(path: Path) -> None:
    """Return once a file and its name are on the disk: a folder's store renames it into place, and no more."""
    for each in (path, path.parent, path.parent.parent):
        opened = os.open(each, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def _path(name: str) -> str:
    digest = name.removeprefix("sha256:")
    return f"{digest[:2]}/{digest}"
