"""Files that came with deliveries: put away before the events that name them are published."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import structlog
from pydantic import BaseModel

from peyvand.blobs import INLINE_LIMIT, Blobs
from peyvand.delivery import Delivery
from peyvand.event import Attachment, InteractionEvent
from peyvand.identity import Organisation
from peyvand.publish import Reading
from peyvand.source import Sense, Source, read

log = structlog.get_logger("peyvand.files")

# A larger file stays where it is: in the raw delivery.
LARGEST = 50 * 1024 * 1024
# So many bytes are put away together.
PORTION = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A reading, and the bytes of the files that its events name, by SHA-256 in hex."""

    reading: Reading
    files: Mapping[str, bytes] = field(default_factory=dict)


def unpacked(source: Source | Sense, delivery: Delivery, settings: BaseModel, organisation: Organisation) -> Unpacked:
    """Return what a delivery means, with the files that came with it."""
    reading = read(source, delivery, settings, organisation)
    return Unpacked(reading, files_of(source, reading, settings))


def files_of(source: Source | Sense, reading: Reading, settings: BaseModel) -> Mapping[str, bytes]:
    """Return the bytes of those files that a reading's events name and its delivery holds."""
    wanted = {a.sha256 for a in _attachments(reading) if _wanted(a)}
    if source.files is None or not wanted:
        return {}
    try:
        held = source.files(reading.delivery, settings)
    except Exception:  # noqa: BLE001 - a fault of ours in unpacking costs nobody the message: its files stay in raw
        return {}
    return {name: held[name] for name in wanted if name is not None and name in held}


async def put_away(found: Sequence[Unpacked], blobs: Blobs) -> list[Reading]:
    """Return the readings once their files and their long bodies are durable, and named; raises Unavailable.

    The same delivery gives the same events, whether its files were there already or not.
    """
    names: dict[str, str] = {}
    for portion in _portions(found):
        put = await blobs.put_all(list(portion.values()))
        names.update(zip(portion, put, strict=True))
    return [_pointing(one, names) for one in found]


def _portions(found: Sequence[Unpacked]) -> Iterator[dict[str, bytes]]:
    portion: dict[str, bytes] = {}
    size = 0
    for name, content in ((n, c) for one in found for n, c in _apart(one)):
        if portion and size + len(content) > PORTION:
            yield portion
            portion, size = {}, 0
        portion[name] = content
        size += len(content)
    if portion:
        yield portion


def _apart(one: Unpacked) -> Iterator[tuple[str, bytes]]:
    """Yield what does not travel with its event: files, and the body of a long delivery by the delivery's id."""
    yield from one.files.items()
    delivery = one.reading.delivery
    if len(delivery.body) > INLINE_LIMIT:
        yield str(delivery.id), delivery.body


def _pointing(one: Unpacked, names: Mapping[str, str]) -> Reading:
    reading, delivery = one.reading, one.reading.delivery
    if len(delivery.body) > INLINE_LIMIT:
        reading = replace(reading, delivery=replace(delivery, body=b"", body_ref=names[str(delivery.id)]))
    if not any(_raw(a) for a in _attachments(reading)):
        return reading
    if left := sum(_wanted(a) and a.sha256 not in names for a in _attachments(reading)):
        log.warning("files stay in raw", connector=delivery.connector, files=left)
    return replace(reading, events=tuple(_event(e, names) for e in reading.events))


def _event(event: InteractionEvent, names: Mapping[str, str]) -> InteractionEvent:
    files = tuple(_placed(a, names) for a in event.attachments)
    return event if files == event.attachments else event.model_copy(update={"attachments": files})


def _placed(file: Attachment, names: Mapping[str, str]) -> Attachment:
    if _raw(file) and not _wanted(file):
        return file.model_copy(update={"state": "too large, in raw"})
    if _raw(file) and file.sha256 in names:
        assert file.sha256 is not None
        return file.model_copy(update={"at": names[file.sha256], "state": "stored"})
    return file


def _attachments(reading: Reading) -> Iterator[Attachment]:
    return (a for e in reading.events for a in e.attachments)


def _raw(file: Attachment) -> bool:
    """Return whether the delivery holds the whole of a file."""
    return file.at == "raw" and file.sha256 is not None


def _wanted(file: Attachment) -> bool:
    return _raw(file) and (file.size or 0) <= LARGEST
