"""Large bytes by reference: a folder, or any S3-compatible store, through obstore."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Protocol
from uuid import UUID

from obstore.exceptions import BaseError
from obstore.store import ObjectStore, from_url

from peyvand.delivery import Delivery
from peyvand.errors import Rejected, Unavailable
from peyvand.folder import RECORDINGS, FolderBlobs, is_day_before, named, named_recording, path_of

# A delivery's body beyond this travels by reference.
INLINE_LIMIT = 256 * 1024
# So many requests are made at once.
_AT_ONCE = 16


class Blobs(Protocol):
    """Bytes that are named by their SHA-256: the same bytes are one blob, whoever put them.

    A recording of a call is a blob of that call alone, so that it can be dropped when its time is over.
    """

    async def put(self, content: bytes) -> str:
        """Return the name under which the bytes are now durable; raises Unavailable."""
        ...

    async def put_all(self, contents: Sequence[bytes]) -> list[str]:
        """Return the names under which the bytes are now durable, in order; raises Unavailable."""
        ...

    async def put_recording(self, content: bytes, day: date, call: UUID) -> str:
        """Return the name under which a recording of a call of a day (UTC) is now durable; raises Unavailable."""
        ...

    async def drop_recordings(self, before: date) -> int:
        """Remove the recordings of all days before one, and return of how many days; raises Unavailable.

        Broken off at any moment, or done by two at once, it is completed by the next.
        """
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
        return await self._put(named(content), content)

    async def _put(self, name: str, content: bytes) -> str:
        try:
            await self._store.put_async(path_of(name), content)
        except (BaseError, OSError) as error:
            raise Unavailable(f"the blob store refused {len(content)} bytes: {type(error).__name__}") from error
        return name

    async def put_recording(self, content: bytes, day: date, call: UUID) -> str:
        """Store a recording under its call."""
        return await self._put(named_recording(content, day, call), content)

    async def drop_recordings(self, before: date) -> int:
        """Remove the recordings of days that are over, day by day."""
        try:
            found = await self._store.list_with_delimiter_async(f"{RECORDINGS}/")
            days = [day for day in found["common_prefixes"] if is_day_before(PurePosixPath(day).name, before)]
            for day in days:
                async for some in self._store.list(f"{day.rstrip('/')}/"):
                    await self._store.delete_async([one["path"] for one in some])
        except (BaseError, OSError) as error:
            raise Unavailable(f"recordings cannot be removed: {type(error).__name__}") from error
        return len(days)

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
