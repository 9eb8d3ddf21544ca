"""The queue log as it grows, and what `peyvand check` says of it."""

import asyncio
import hashlib
from collections import deque
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

from ingest_phone.channels.asterisk.check import in_words
from ingest_phone.channels.asterisk.clock import ago
from ingest_phone.channels.asterisk.queue_log import read_line
from ingest_phone.channels.asterisk.settings import Settings
from ingest_phone.tail import Place, Step, look
from peyvand.cursors import Cursor
from peyvand.errors import BadPayload, Unavailable
from peyvand.source import Arrival, Batch


async def fetch_queue_log(settings: Settings, cursor: Cursor | None) -> AsyncIterator[Batch]:
    """Yield the log's lines as they are written, one arrival each; raises Unavailable."""
    path = _path(settings)
    place = Place.of(cursor) if cursor else None
    settled = False
    while True:
        try:
            step = await asyncio.to_thread(look, path, place, settled=settled)
        except OSError as error:
            raise in_words(error, path) from error
        settled = not step.records and step.place == place
        place = step.place
        yield Batch(tuple(_arrivals(path, step)), place.cursor())
        if settled:
            await asyncio.sleep(settings.poll_seconds)


async def check_queue_log(settings: Settings) -> str:
    """Return in a sentence what stands in the file; raises Unavailable in words that say what to do."""
    path = _path(settings)
    try:
        lines, newest = await asyncio.to_thread(_survey, path)
    except OSError as error:
        raise in_words(error, path) from error
    if newest is None:
        return f"{path} may be read, and holds no line yet: Asterisk writes when somebody enters a queue"
    try:
        at = read_line(newest).at
    except BadPayload as error:
        raise Unavailable(f"{path} has {lines} lines, and the newest is none of a queue log: {error}") from error
    return f"{path} has {lines} lines, the newest of {ago(at)}"


def _arrivals(path: Path, step: Step) -> Iterator[Arrival]:
    """Yield lines under addresses that they keep for ever: the file's generation, the offset, the line's digest.

    What follows the file cuts it as a CSV file, in which quotes hold line ends; here they are letters like others.
    """
    now = datetime.now(UTC)
    for record in step.records:
        offset = record.offset
        for line in record.body.split(b"\n"):
            body = line.rstrip(b"\r")
            if body.strip():
                mark = f"{step.generation}:{offset}:{hashlib.sha256(body).hexdigest()[:8]}"
                yield Arrival(body=body, received_at=now, url=f"{path.as_uri()}#{mark}")
            offset += len(line) + 1


def _survey(path: Path) -> tuple[int, bytes | None]:
    """Return how many lines there are, and the last."""
    lines, last = 0, deque[bytes](maxlen=1)
    with path.open("rb") as opened:
        for line in opened:
            lines += 1
            last.append(line)
    return lines, last[0] if last else None


def _path(settings: Settings) -> Path:
    assert settings.queue_log is not None
    return settings.queue_log.absolute()
