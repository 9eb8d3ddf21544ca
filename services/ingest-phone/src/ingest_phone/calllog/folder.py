"""A folder into which a switchboard, or somebody, puts whole files of its call log: each is read once it rests.

The place is when a file came there by its inode's change time, which a copy cannot carry over from elsewhere. A file
that is written anew is read anew: what was told before is known by its content, and counts once.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from ingest_phone.calllog.cutting import Line, lines_of
from ingest_phone.calllog.repeats import Repeats
from ingest_phone.calllog.row import no_row
from ingest_phone.calllog.settings import Settings
from peyvand.cursors import Cursor
from peyvand.errors import Rejected, Unavailable
from peyvand.source import Arrival, Batch

_ROWS = 500
_RESTS_NS = 3_000_000_000  # so long nobody has written to it
Place = tuple[int, str]


async def fetch(settings: Settings, cursor: Cursor | None) -> AsyncIterator[Batch]:
    """Yield the rows of the files that come, one arrival each; without a folder there are none."""
    place: Place = (cursor["changed"], cursor["name"]) if cursor else (0, "")
    trouble: str | None = cursor.get("trouble") if cursor else None
    while True:
        folder = settings.folder
        new = [f for f in await asyncio.to_thread(resting, folder) if f > place] if folder is not None else []
        for found in new:
            assert folder is not None
            try:
                async for rows in _read(folder / found[1], settings):
                    yield Batch(rows, _cursor(place, trouble), trouble)
                trouble = None
            except Rejected as error:  # it stays there, and is told of until another can be read, or it is written anew
                trouble = f"{found[1]} cannot be read: {error}"
            place = found
            yield Batch((), _cursor(place, trouble), trouble)
        yield Batch((), _cursor(place, trouble), trouble)
        await asyncio.sleep(settings.poll_seconds)


def resting(folder: Path) -> list[Place]:
    """Return the files of a folder that nobody writes to, the oldest first; raises Unavailable in words."""
    latest = time.time_ns() - _RESTS_NS
    try:
        with os.scandir(folder) as there:
            files = [(e.stat().st_ctime_ns, e.name) for e in there if e.is_file() and not e.name.startswith(".")]
    except OSError as error:
        raise in_words(error, folder) from error
    return sorted(one for one in files if one[0] < latest)


async def _read(path: Path, settings: Settings) -> AsyncIterator[tuple[Arrival, ...]]:
    lines, repeats = lines_of(path, settings), Repeats(settings)
    try:
        while some := await asyncio.to_thread(lambda: list(islice(lines, _ROWS))):
            yield tuple(_arrivals(some, path, repeats))
    except OSError as error:
        raise in_words(error, path) from error


def _arrivals(lines: list[Line], path: Path, repeats: Repeats) -> Iterator[Arrival]:
    now = datetime.now(UTC)
    for line in lines:
        if line.why is not None:  # kept, so that somebody sees it
            body = no_row(path.name, line.number, line.why)
            yield Arrival(body=body, received_at=now, url=f"calllog:{path.name}#{line.number}")
        else:
            row = repeats.row(line.cells)
            # the same row is the same delivery in whatever file it stands
            yield Arrival(body=row.body, received_at=now, url=f"calllog:{row.digest}")


def _cursor(place: Place, trouble: str | None) -> Cursor:
    return {"changed": place[0], "name": place[1], "trouble": trouble}


def in_words(error: OSError, path: Path) -> Unavailable:
    """Return why a folder, or a file in it, cannot be read, and what to do."""
    match error:
        case FileNotFoundError():
            return Unavailable(f"{error.filename or path} is not there; is the path right?")
        case PermissionError():
            return Unavailable(f"{error.filename or path} may not be read; let the user that Peyvand runs as read it")
        case NotADirectoryError():
            return Unavailable(f"{path} is no folder; name the folder into which files are put")
        case _:
            return Unavailable(f"{path} cannot be read: {error.strerror or type(error).__name__}")
