"""A folder into which other programs put mails, one file (.eml) each.

https://www.rfc-editor.org/rfc/rfc5322
"""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

from ingest_email.mailfile.account import FileAccount, file_events
from ingest_email.mailfile.emls import Stillness, eml_places, eml_seen
from ingest_email.mailfile.following import Follower
from ingest_email.reading.files import mail_files
from peyvand.cursors import Cursor
from peyvand.source import Batch, PullSource


class Settings(FileAccount):
    """One folder, and those within it."""


def fetch(settings: Settings, cursor: Cursor | None) -> AsyncIterator[Batch]:
    """Yield the mails that the folders gain, each when its file has not changed for one poll; raises Unavailable."""
    places = partial(eml_places, settings.path)
    settled = Stillness().settled
    return Follower(places, eml_seen, settled, settings.max_message, settings.poll_seconds).follow(cursor)


async def check(settings: Settings) -> str:
    """Say how many mails there are; raises Unavailable."""
    places = await asyncio.to_thread(eml_places, settings.path)
    count = sum([len(await asyncio.to_thread(eml_seen, place)) for place in places])
    return f"{settings.path} can be read; it holds {count} .eml files in {len(places)} folder(s)"


SOURCE = PullSource(name="eml", settings=Settings, fetch=fetch, normalise=file_events, check=check, files=mail_files)
