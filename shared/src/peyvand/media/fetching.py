"""One file: where it lies, its bytes, and the event that says what became of it."""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from pydantic import BaseModel

from peyvand.blobs import Blobs
from peyvand.delivery import Delivery
from peyvand.errors import Gone
from peyvand.event import Attachment, InteractionEvent, Kind, told
from peyvand.fetching import Download, Downloaded, Guard, Refused, TooLarge, download
from peyvand.media.metrics import BYTES
from peyvand.publish import Publisher, Reading
from peyvand.settings import Retention
from peyvand.sniffing import sniffed
from peyvand.source import FILES, Bring, Locate, Playable, Remote

# What is larger stays at its vendor, unless peyvand.yaml says otherwise for a connector.
LARGEST = 50 * 1024 * 1024
GONE = "gone at the vendor"
TOO_LARGE = "too large, at the vendor"
REFUSED = "at an address that is not fetched"
GIVEN_UP = "could not be fetched"
NO_LONGER_KEPT = "no longer kept"
_RECORDED = (Kind.CALL, Kind.VOICEMAIL)
_SNIFFED = 8 * 1024
_AT_ONCE = 1024 * 1024


class Ours(Exception):
    """Carries what our own store or bus raised, so that it is told apart from what a vendor did."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a connector's files are asked for, and how large one may be in bytes."""

    channel: str
    locate: Locate[Any]
    settings: BaseModel
    largest: int = LARGEST
    playable: Playable | None = None


@dataclass(slots=True)
class Fetching:
    """Fetches files into the blob store and publishes what became of them.

    While one is fetched it lies in a temporary file; one at a time is in memory, on its way into the store.
    """

    publisher: Publisher
    blobs: Blobs
    guard: Guard = field(default_factory=Guard)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    retention: Retention = field(default_factory=Retention)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def fetch(self, place: Place, asked: InteractionEvent) -> str:
        """Return the file's new state once that is durable; raises Ours, and whatever keeps it at its vendor."""
        (file,) = asked.attachments
        if asked.kind in _RECORDED and not self.retention.keeps(asked.occurred_at, self.now()):
            return await self.say(place, asked, NO_LONGER_KEPT)  # a replay or a back-fill brings none back
        try:
            found = await self._found(place, asked, file)
        except TooLarge:
            return await self.say(place, asked, TOO_LARGE)
        except Refused:
            return await self.say(place, asked, REFUSED)
        except Gone:
            return await self.say(place, asked, GONE)
        await self._publish(place, told(asked, found))
        return found.state

    async def say(self, place: Place, asked: InteractionEvent, state: str) -> str:
        """Publish that a file is not here, and why; raises Ours."""
        (file,) = asked.attachments
        await self._publish(place, told(asked, file.model_copy(update={"state": state})))
        return state

    async def _found(self, place: Place, asked: InteractionEvent, file: Attachment) -> Attachment:
        where = await place.locate(place.settings, file)
        with TemporaryFile() as into:
            if isinstance(where, Remote):
                found = await download(where, into, Download(place.largest, guard=self.guard))
            else:
                found = await _brought(where, into, place.largest)
            at = await self._stored(into, asked)
            into.seek(0)
            kind = sniffed(into.read(_SNIFFED))
            playable = await self._playable(place, asked, file.name, into)
        BYTES.labels(asked.connector).inc(found.size)
        return _as_stored(file, found, at, kind).model_copy(update={"playable": playable})

    async def _playable(self, place: Place, asked: InteractionEvent, name: str, recording: BinaryIO) -> str:
        """Return the blob that browsers play in the recording's place, or nothing."""
        if place.playable is None:
            return ""
        recording.seek(0)
        with TemporaryFile() as played:
            made = await asyncio.to_thread(place.playable, recording, name, played)
            return await self._stored(played, asked) if made else ""

    async def _stored(self, file: BinaryIO, asked: InteractionEvent) -> str:
        async with self._turn:
            file.seek(0)
            content = await asyncio.to_thread(file.read)
            try:
                if asked.kind in _RECORDED:
                    day = asked.occurred_at.astimezone(UTC).date()
                    return await self.blobs.put_recording(content, day, asked.interaction_id)
                return await self.blobs.put(content)
            except Exception as error:
                raise Ours(str(error)) from error

    async def _publish(self, place: Place, event: InteractionEvent) -> None:
        # a delivery as any other: its row says when the file came, and reading it again gives the same event
        made = Delivery(
            id=event.delivery_id,
            connector=event.connector,
            channel=place.channel,
            received_at=self.now(),
            body=event.model_dump_json(exclude_defaults=True).encode(),
            url=f"peyvand:files/{event.event_id}",
            method=FILES,
        )
        try:
            await self.publisher.publish([Reading(made, (event,))])
        except Exception as error:
            raise Ours(str(error)) from error


async def _brought(bring: Bring, into: BinaryIO, largest: int) -> Downloaded:
    await bring(into, largest)
    return await asyncio.to_thread(_measured, into)


def _measured(file: BinaryIO) -> Downloaded:
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    while part := file.read(_AT_ONCE):
        digest.update(part)
        size += len(part)
    return Downloaded(size, digest.hexdigest())


def _as_stored(file: Attachment, found: Downloaded, at: str, kind: str) -> Attachment:
    stands = {"at": at, "size": found.size, "sha256": found.sha256, "sniffed_type": kind, "state": "stored"}
    return file.model_copy(update=stands)
