"""A Maildir on this machine, read as mail arrives in it: what Dovecot, Postfix, mbsync and others keep.

https://cr.yp.to/proto/maildir.html
"""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

from pydantic import Field

from ingest_email.mailfile.account import FileAccount, file_events
from ingest_email.mailfile.following import Follower
from ingest_email.mailfile.maildirs import maildir_places, maildir_seen
from ingest_email.mailfile.watch import Sight
from ingest_email.reading.files import mail_files
from peyvand.cursors import Cursor
from peyvand.source import Batch, PullSource


class Settings(FileAccount):
    """One Maildir; `folders` as a mail program names them."""

    folders: tuple[str, ...] | None = Field(default=None, min_length=1)


def _whole(_sight: Sight) -> bool:
    """A file is put into new or cur as a whole."""
    return True


def fetch(settings: Settings, cursor: Cursor | None) -> AsyncIterator[Batch]:
    """Yield the mails that the folders gain; raises Unavailable."""
    places = partial(maildir_places, settings.path, settings.folders)
    return Follower(places, maildir_seen, _whole, settings.max_message, settings.poll_seconds).follow(cursor)


async def check(settings: Settings) -> str:
    """Say which folders are read; raises Unavailable."""
    places = await asyncio.to_thread(maildir_places, settings.path, settings.folders)
    counted = [(place, len(await asyncio.to_thread(maildir_seen, place))) for place in reversed(places)]
    told = [f"{p.name}{' (sent mail)' if p.special_use else ''} has {n} messages" for p, n in counted]
    return f"{settings.path} can be read; " + "; ".join(told)


SOURCE = PullSource(
    name="maildir", settings=Settings, fetch=fetch, normalise=file_events, check=check, files=mail_files
)
