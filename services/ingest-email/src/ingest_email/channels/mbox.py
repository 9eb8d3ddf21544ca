"""A mailbox file (mboxo, mboxrd), read as it grows: what a mail server or a mail program writes to disk.

https://www.rfc-editor.org/rfc/rfc4155
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

from ingest_email.mailfile.account import FileAccount
from ingest_email.mailfile.place import Place
from ingest_email.mailfile.tail import Found, Tail, is_note
from ingest_email.reading.files import mail_files
from ingest_email.reading.interaction import mail_events
from peyvand.cursors import Cursor
from peyvand.delivery import Delivery
from peyvand.errors import Skipped
from peyvand.event import InteractionEvent
from peyvand.identity import Organisation
from peyvand.source import Arrival, Batch, PullSource


class Settings(FileAccount):
    """One mailbox file."""


async def fetch(settings: Settings, cursor: Cursor | None) -> AsyncIterator[Batch]:
    """Yield the mails that the file has gained, then look again; raises Unavailable."""
    tail = Tail(settings.path, Place.of(cursor), settings.max_message)
    while True:
        found = await asyncio.to_thread(tail.read)
        yield Batch(tuple(_arrival(f, settings.path) for f in found), tail.place.cursor())
        if not found:
            await asyncio.sleep(settings.poll_seconds)


def _arrival(found: Found, path: Path) -> Arrival:
    headers = {"size": str(found.size)} | ({"partial": "beginning"} if found.cut else {})
    url = f"{path.absolute().as_uri()}#{found.offset}-{found.fingerprint}"
    return Arrival(found.raw, datetime.now(UTC), url, headers)


def normalise(delivery: Delivery, settings: Settings, organisation: Organisation) -> list[InteractionEvent]:
    """Return a mail's event; raises Skipped for mail among ourselves and a mail program's own note."""
    if is_note(delivery.body):
        raise Skipped("a mail program's own note")
    return mail_events(delivery, settings.own, organisation)


async def check(settings: Settings) -> str:
    """Say whether the file can be read; raises Unavailable."""
    await asyncio.to_thread(Tail(settings.path, Place(), settings.max_message).read)
    size = await asyncio.to_thread(lambda: settings.path.stat().st_size)
    return f"{settings.path} can be read; it is a mailbox file of {size} bytes"


SOURCE = PullSource(name="mbox", settings=Settings, fetch=fetch, normalise=normalise, check=check, files=mail_files)
