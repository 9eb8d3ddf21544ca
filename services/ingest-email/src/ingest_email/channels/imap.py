"""A mailbox on an IMAP server: INBOX, sent and archived mail, read only, each mail once.

https://www.rfc-editor.org/rfc/rfc9051
"""

from collections.abc import AsyncIterator
from contextlib import aclosing
from functools import partial

from ingest_email.imap.folders import ARCHIVE, SENT, chosen
from ingest_email.imap.line import line
from ingest_email.imap.listing import listed, statuses
from ingest_email.imap.progress import progress_from
from ingest_email.imap.seats import Hosts
from ingest_email.imap.settings import Settings, grant
from ingest_email.imap.sync import Sync
from ingest_email.reading.files import mail_files
from ingest_email.reading.interaction import mail_events
from peyvand.access import Access
from peyvand.cursors import Cursor
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload, Unavailable
from peyvand.event import InteractionEvent
from peyvand.identity import Organisation
from peyvand.source import Batch, OAuth, PullSource

_USES = {SENT: " (sent mail)", ARCHIVE: " (archive)"}


async def fetch(
    hosts: Hosts, settings: Settings, cursor: Cursor | None, access: Access | None = None
) -> AsyncIterator[Batch]:
    """Yield new mails by UID alone, folder by folder, then wait for news; raises Unavailable or SignInFailed."""
    progress = progress_from(cursor)
    while True:
        async with (
            hosts.seats().taken((settings.host, settings.port), settings.connections) as seat,
            line(settings, access) as asked,
            aclosing(Sync(settings, asked, progress).batches(seat)) as batches,
        ):
            async for batch in batches:
                yield batch


def normalise(delivery: Delivery, settings: Settings, organisation: Organisation) -> list[InteractionEvent]:
    """Return a mail's event; raises Skipped for mail among ourselves, BadPayload for what cannot be read."""
    if why := delivery.headers.get("x-imap-error"):
        raise BadPayload(f"the server did not hand over this mail: {why}")
    return mail_events(delivery, settings.own, organisation)


async def check(settings: Settings, access: Access | None = None) -> str:
    """Sign in and say what is there; raises SignInFailed or Unavailable in plain words."""
    async with line(settings, access) as asked:
        choice = chosen(await asked.do(listed, asked.mailbox), settings.folders)
        if complaint := choice.complaint():
            raise Unavailable(complaint, 300)
        counted = await asked.do(statuses, asked.mailbox, [f.name for f in choice.folders])
    there = [(f, counted[f.name].exists) for f in reversed(choice.folders) if f.name in counted]
    told = [f"{f.name}{_USES.get(f.special_use, '')} has {exists} messages" for f, exists in there]
    if not any(f.special_use == SENT for f in choice.folders):
        told.append("no folder of sent mail was found yet, so what we answer is missing until there is one")
    return f"signed in as {settings.username}; " + "; ".join(told)


def source(hosts: Hosts) -> PullSource[Settings]:
    """Return the channel; its mailboxes share what each host gives to all of them."""
    asked = partial(fetch, hosts)
    oauth = OAuth(grant, asked, check)
    return PullSource(
        name="imap",
        settings=Settings,
        fetch=asked,
        normalise=normalise,
        files=mail_files,
        check=check,
        oauth=oauth,
        ahead=True,
    )


SOURCE = source(Hosts())
