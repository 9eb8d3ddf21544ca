"""What a worker is given and what it answers: frames of a length (eight bytes) and as many bytes."""

import io
import pickle
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from pydantic import BaseModel

from peyvand.delivery import Delivery
from peyvand.event import InteractionEvent
from peyvand.files import Unpacked, unpacked
from peyvand.identity import Organisation
from peyvand.publish import Reading
from peyvand.source import Sense

LENGTH = struct.Struct(">Q")
READY = b"ready"

# What one delivery came to, in what needs no code to be understood: events as JSON, the outcome, files.
Told = tuple[list[bytes], str | None, str | None, bool, dict[str, bytes]]


class Useless(Exception):
    """Workers cannot be started here, or cannot read these deliveries."""


@dataclass(frozen=True, slots=True)
class Job:
    """Whose deliveries are read: what is the same for a whole batch."""

    sense: Sense
    settings: BaseModel
    organisation: Organisation

    def read(self, delivery: Delivery) -> Unpacked:
        """Return what a delivery means."""
        return unpacked(self.sense, delivery, self.settings, self.organisation)


def asked(job: Job, deliveries: Sequence[Delivery]) -> bytes:
    """Return a question for a worker; raises Useless for a normaliser that is no function of a module."""
    try:
        return pickle.dumps((job, deliveries), 5)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise Useless(f"{job.sense.name} cannot be read elsewhere: {type(error).__name__}") from error


def answered(question: bytes) -> bytes:
    """Return what deliveries came to, or in words why this process cannot read any."""
    said: list[Told] | str
    try:
        job, deliveries = pickle.loads(question)  # noqa: S301 - it comes from the process that started this one
        said = [_told(job.read(d)) for d in deliveries]
    except Exception as error:  # noqa: BLE001 - whatever it is, the other process reads by itself
        said = f"a worker failed: {type(error).__name__}"
    return pickle.dumps(said, 5)


def understood(deliveries: Sequence[Delivery], answer: bytes) -> list[Unpacked]:
    """Return the readings of deliveries that a worker has read; raises Useless."""
    said = _Plain(io.BytesIO(answer)).load()
    if isinstance(said, str):
        raise Useless(said)
    return [_unpacked(delivery, one) for delivery, one in zip(deliveries, said, strict=True)]


def _told(found: Unpacked) -> Told:
    """Return a reading without its delivery, which the other process has."""
    reading = found.reading
    events = [e.model_dump_json(exclude_defaults=True).encode() for e in reading.events]
    return events, reading.skipped, reading.kept, reading.unknown, dict(found.files)


def _unpacked(delivery: Delivery, one: Told) -> Unpacked:
    events, skipped, kept, unknown, files = one
    read = tuple(InteractionEvent.model_validate_json(e) for e in events)
    return Unpacked(Reading(delivery, read, skipped, kept, unknown), files)


class _Plain(pickle.Unpickler):
    """Reads values and nothing that runs: a worker has read what strangers sent."""

    def find_class(self, module: str, name: str, /) -> NoReturn:
        """Refuse."""
        raise Useless(f"a worker answered with {module}.{name}")


def framed(content: bytes) -> bytes:
    """Return a frame."""
    return LENGTH.pack(len(content)) + content


def next_frame(source: Any) -> bytes:
    """Return the content of the next frame of a file, nothing at its end."""
    head: bytes = source.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return b""
    content: bytes = source.read(LENGTH.unpack(head)[0])
    return content
