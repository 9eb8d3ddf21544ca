"""What `peyvand check` says of a call log's folder: may we read it, and is its newest file what we think."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from ingest_phone.calllog.cutting import lines_of
from ingest_phone.calllog.folder import in_words, resting
from ingest_phone.calllog.leg import leg
from ingest_phone.calllog.row import Row
from ingest_phone.calllog.settings import Settings
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload, Rejected, Skipped, Unavailable
from peyvand.identity import Organisation


async def check(settings: Settings) -> str:
    """Return in a sentence what is in the folder; raises Unavailable in words that say what to do."""
    folder = settings.folder
    if folder is None:
        return "its files are brought in by ./peyvand import calllog; with `folder` those that are put there are read"
    files = await asyncio.to_thread(resting, folder)
    if not files:
        return f"{folder} may be read, and holds no file yet"
    newest = folder / files[-1][1]
    try:
        return f"{folder} has {len(files)} files; {await asyncio.to_thread(_survey, newest, settings)}"
    except OSError as error:
        raise in_words(error, newest) from error
    except Rejected as error:
        raise Unavailable(f"{newest.name} cannot be read: {error}") from error


def _survey(path: Path, settings: Settings) -> str:
    told, last = 0, None
    for line in lines_of(path, settings):
        if line.why is None:
            last = line
        told += 1
    if last is None:
        return f"the newest, {path.name}, has no rows"
    row = Row(cells=tuple(last.cells))
    made = Delivery(UUID(int=0), "check", "calllog", datetime.now(UTC), row.body)
    try:
        found = leg(made, settings, Organisation())
    except BadPayload as error:
        raise Rejected(f"it has {told} rows, and the one in line {last.number} cannot be read: {error}") from error
    except Skipped:
        return f"the newest, {path.name}, has {told} rows; the last is an internal call"
    return f"the newest, {path.name}, has {told} rows; the last is of a call at {found.occurred_at:%Y-%m-%d %H:%M} UTC"
