"""Large bytes by reference: a folder, or any S3-compatible store, through obstore."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from obstore.exceptions import BaseError
from obstore.store import ObjectStore, from_url

from peyvand.delivery import Delivery
from peyvand.errors import Rejected, Unavailable
from peyvand.folder import FolderBlobs, named, path_of

# A delivery's body beyond this travels by reference.
INLINE_LIMIT = 256 * 1024
# So many requests are made at once.
_AT_ONCE = 16


class Blobs(Protocol):
    """Bytes that are named by their SHA-256."""

    async def put(self, content: bytes) -> str:
        """Return the name under which the bytes are now durable; raises Unavailable."""
        ...

    async def put_all(self, contents: Sequence[bytes]) -> list[str]:
        """Return the names under which the bytes are now durable, in order; raises Unavailable."""
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
        name = named(content)
        try:
            await self._store.put_async(path_of(name), content)
        except (BaseError, OSError) as error:
            raise Unavailable(f"the blob store refused {len(content)} bytes: {type(error).__name__}") from error
        return name

    async def put_all(self, contents: Sequence[bytes]) -> list[str]:
        """Store the bytes, some at once."""
        turns = asyncio.Semaphore(_AT_ONCE)

        async def put(content: bytes) -> str:
            async with turns:
                return await self.put(content)

        return list(await asyncio.gather(*(put(content) for content in contents)))

    async def get(self, name: str) -> bytes:
        """Read the bytes back."""
        try:
            found = await self._store.get_async(path_of(name))
            return bytes(await found.bytes_async())
        except FileNotFoundError as error:
            raise KeyError(name) from error
        except (BaseError, OSError) as error:
            raise Unavailable(f"the blob store does not answer: {type(error).__name__}") from error


def open_blobs(url: str) -> Blobs:
    """Return the store at a URL: a folder's path, or s3://bucket/prefix with credentials from the environment.

    Raises Rejected when a folder cannot be made.
    """
    if "://" in url:
        return ObjectStoreBlobs(from_url(url))
    folder = Path(url)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Rejected(f"the folder of blobs, {folder}, cannot be made: {error.strerror}") from error
    return FolderBlobs(folder)


async def with_body(delivery: Delivery, blobs: Blobs) -> Delivery:
    """Return the delivery with its body in hand, fetched when it travelled by reference."""
    if delivery.body_ref is None:
        return delivery
    return replace(delivery, body=await blobs.get(delivery.body_ref), body_ref=None)
