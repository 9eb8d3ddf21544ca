"""Asterisk's call log (FreePBX, Issabel, Elastix and plain Asterisk): the CDR file, or the CDR table, as it grows.

https://docs.asterisk.org/Configuration/Reporting/Call-Detail-Records-CDR/
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from ingest_phone.channels.asterisk.ami_heard import check_manager, listen
from ingest_phone.channels.asterisk.ami_leg import heard_leg
from ingest_phone.channels.asterisk.check import check, in_words
from ingest_phone.channels.asterisk.leg import leg, leg_of
from ingest_phone.channels.asterisk.queue_fetch import check_queue_log, fetch_queue_log
from ingest_phone.channels.asterisk.queue_log import of_queue
from ingest_phone.channels.asterisk.recording import locate
from ingest_phone.channels.asterisk.settings import Settings
from ingest_phone.channels.asterisk.table_check import check_table
from ingest_phone.channels.asterisk.table_fetch import fetch_table
from ingest_phone.channels.asterisk.table_row import read_table_row
from ingest_phone.recordings import as_opus
from ingest_phone.tail import Place, Step, look
from peyvand.cursors import Cursor
from peyvand.delivery import Delivery
from peyvand.event import InteractionEvent
from peyvand.identity import Organisation
from peyvand.source import Arrival, Batch, PullSource


async def fetch(settings: Settings, cursor: Cursor | None) -> AsyncIterator[Batch]:
    """Yield the file's rows as they are written, one arrival each."""
    path = settings.file
    place = Place.of(cursor) if cursor else None
    settled = False
    while True:
        try:
            step = await asyncio.to_thread(look, path, place, settled=settled)
        except OSError as error:
            raise in_words(error, path) from error
        settled = not step.records and step.place == place
        place = step.place
        yield Batch(_arrivals(path, step), place.cursor())
        if settled:
            await asyncio.sleep(settings.poll_seconds)


def normalise(delivery: Delivery, settings: Settings, organisation: Organisation) -> Sequence[InteractionEvent]:
    """Return a row as one leg of its call."""
    return [leg(delivery, settings, organisation)]


def _arrivals(path: Path, step: Step) -> tuple[Arrival, ...]:
    """Return rows under addresses that they keep for ever.

    An address is the file's generation, the offset and the row's own digest: the same when the row is read again from
    wherever the file was moved to, and another for another row there, were even the first rows of two files the same.
    """
    now = datetime.now(UTC)
    return tuple(
        Arrival(
            body=record.body,
            received_at=now,
            url=f"{path.as_uri()}#{step.generation}:{record.offset}:{hashlib.sha256(record.body).hexdigest()[:8]}",
        )
        for record in step.records
    )


def reads_file(settings: Settings) -> bool:
    """Tell whether a connector reads the CDR file."""
    return settings.cdr is not None


def reads_table(settings: Settings) -> bool:
    """Tell whether a connector reads the CDR table."""
    return settings.database is not None


def normalise_table(delivery: Delivery, settings: Settings, organisation: Organisation) -> Sequence[InteractionEvent]:
    """Return a table's row as one leg of its call."""
    return [leg_of(read_table_row(delivery.body), delivery, settings, organisation)]


def reads_queue_log(settings: Settings) -> bool:
    """Tell whether a connector reads the queue log."""
    return settings.queue_log is not None


def normalise_queue_log(
    delivery: Delivery, _settings: Settings, organisation: Organisation
) -> Sequence[InteractionEvent]:
    """Return what a line of the queue log adds to its call."""
    return of_queue(delivery, organisation)


def listens(settings: Settings) -> bool:
    """Tell whether a connector hears calls live."""
    return settings.ami is not None


def normalise_heard(delivery: Delivery, settings: Settings, organisation: Organisation) -> Sequence[InteractionEvent]:
    """Return how a leg of a call stood when it was heard of."""
    return [heard_leg(delivery, settings, organisation)]


SOURCE = PullSource(
    name="asterisk",
    settings=Settings,
    fetch=fetch,
    normalise=normalise,
    check=check,
    serves=reads_file,
    locate=locate,
    playable=as_opus,
)
TABLE = PullSource(
    name="asterisk",
    settings=Settings,
    fetch=fetch_table,
    normalise=normalise_table,
    check=check_table,
    serves=reads_table,
    locate=locate,
    playable=as_opus,
)
QUEUE_LOG = PullSource(
    name="asterisk",
    settings=Settings,
    fetch=fetch_queue_log,
    normalise=normalise_queue_log,
    check=check_queue_log,
    serves=reads_queue_log,
)
LIVE = PullSource(
    name="asterisk",
    settings=Settings,
    fetch=listen,
    normalise=normalise_heard,
    check=check_manager,
    serves=listens,
)
