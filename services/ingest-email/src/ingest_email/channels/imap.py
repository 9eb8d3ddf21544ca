"""A mailbox on an IMAP server: INBOX and the folder of sent mail, read only, each mail once.

https://www.rfc-editor.org/rfc/rfc9051
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from urllib.parse import quote

from ingest_email.imap.download import MOST_MAILS, Fetched, download, heads, planned
from ingest_email.imap.folders import SENT, Folder
from ingest_email.imap.line import Line, line
from ingest_email.imap.mailbox import Standing
from ingest_email.imap.settings import Settings
from ingest_email.reading.interaction import mail_events
from peyvand.cursors import Cursor
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload
from peyvand.event import InteractionEvent
from peyvand.identity import Organisation
from peyvand.source import Arrival, Batch, PullSource

# Per folder: the validity of its UIDs, and the last UID up to which all is durable.
Marks = dict[str, dict[str, int]]


async def fetch(settings: Settings, cursor: Cursor | None) -> AsyncIterator[Batch]:
    """Yield new mails by UID alone, folder by folder, then wait for news; raises Unavailable or SignInFailed."""
    marks: Marks = dict(cursor["folders"]) if cursor else {}
    async with line(settings) as asked:
        folders: list[Folder] = []
        while True:
            # the folder of sent mail may be made only when the first mail is sent
            if not any(f.special_use == SENT for f in folders):
                folders = await asked.do(asked.mailbox.folders)
            for folder in folders:
                async with aclosing(_new(asked, folder, marks, settings)) as batches:
                    async for arrivals in batches:
                        yield Batch(arrivals, {"folders": dict(marks)})
            yield Batch((), {"folders": dict(marks)})
            await _rest(asked, settings)


async def _new(
    asked: Line, folder: Folder, marks: Marks, settings: Settings
) -> AsyncGenerator[tuple[Arrival, ...], None]:
    """Yield what a folder has beyond its mark, and move the mark with it."""
    standing = await asked.do(asked.mailbox.examine, folder)
    place = f"imap://{quote(settings.username, safe='')}@{settings.host}/{quote(folder.name, safe='')}"
    place += f";UIDVALIDITY={standing.uidvalidity}"
    last = _last_read(marks.get(folder.name), standing)
    while uids := await asked.do(asked.mailbox.above, last):
        for some in (uids[i : i + MOST_MAILS] for i in range(0, len(uids), MOST_MAILS)):
            wanted, failed = await asked.do(heads, asked.mailbox, some)
            if failed:
                yield _arrivals(failed, place, folder)
            for together in planned(wanted, settings.max_message):
                mails = await asked.do(download, asked.mailbox, together, settings.max_message)
                marks[folder.name] = {"uidvalidity": standing.uidvalidity, "uid": together[-1].uid}
                yield _arrivals(mails, place, folder)
            last = some[-1]
    marks[folder.name] = {"uidvalidity": standing.uidvalidity, "uid": last}


def _last_read(mark: dict[str, int] | None, standing: Standing) -> int:
    """Return the UID to go on from: none, when the folder was made anew or put back from a backup.

    Mail that is read again has the same keys, so it gives the same events.
    """
    if mark is None or mark["uidvalidity"] != standing.uidvalidity:
        return 0
    if standing.uidnext is not None and standing.uidnext <= mark["uid"]:
        return 0
    return mark["uid"]


def _arrivals(mails: Sequence[Fetched], place: str, folder: Folder) -> tuple[Arrival, ...]:
    now = datetime.now(UTC)
    return tuple(Arrival(m.body, now, f"{place}/;UID={m.uid}", _headers(m, folder)) for m in mails)


def _headers(mail: Fetched, folder: Folder) -> dict[str, str]:
    said = {"folder": folder.name, "special-use": folder.special_use, "size": str(mail.size)}
    if mail.arrived:
        said["internaldate"] = mail.arrived
    if mail.partial:
        said["partial"] = "beginning"
    if mail.error is not None:
        said["x-imap-error"] = mail.error
    return said


async def _rest(asked: Line, settings: Settings) -> None:
    """Wait for news of the folder that was read last, INBOX; the others are looked at when the time is over."""
    if settings.idle and await asked.do(asked.mailbox.can_idle):
        await asked.do(asked.mailbox.wait, settings.poll_seconds)
    else:
        await asyncio.sleep(settings.poll_seconds)


def normalise(delivery: Delivery, settings: Settings, organisation: Organisation) -> list[InteractionEvent]:
    """Return a mail's event; raises Skipped for mail among ourselves, BadPayload for what cannot be read."""
    if why := delivery.headers.get("x-imap-error"):
        raise BadPayload(f"the server did not hand over this mail: {why}")
    return mail_events(delivery, settings.own, organisation)


async def check(settings: Settings) -> str:
    """Sign in and say what is there; raises SignInFailed or Unavailable in plain words."""
    async with line(settings) as asked:
        folders = await asked.do(asked.mailbox.folders)
        counted = [(f, (await asked.do(asked.mailbox.examine, f)).exists) for f in reversed(folders)]
    told = [f"{f.name}{' (sent mail)' if f.special_use == SENT else ''} has {n} messages" for f, n in counted]
    if not any(f.special_use == SENT for f in folders):
        told.append("no folder of sent mail was found yet, so what we answer is missing until there is one")
    return f"signed in as {settings.username}; " + "; ".join(told)


SOURCE = PullSource(name="imap", settings=Settings, fetch=fetch, normalise=normalise, check=check)
