"""FreeSWITCH (FusionPBX and plain): call records that mod_json_cdr and mod_xml_cdr post, or could not post;
and calls as they go on, heard at the event socket.

https://developer.signalwire.com/freeswitch/FreeSWITCH-Explained/Modules/mod_json_cdr_4653137/
"""

import asyncio
from collections.abc import AsyncIterator, Sequence

from ingest_phone.freeswitch.check import check, in_words
from ingest_phone.freeswitch.heard import listen
from ingest_phone.freeswitch.leg import leg
from ingest_phone.freeswitch.live import live_leg
from ingest_phone.freeswitch.proof import verify
from ingest_phone.freeswitch.recording import locate
from ingest_phone.freeswitch.settings import Settings, is_called, is_heard, reads
from ingest_phone.freeswitch.spool import Place, look
from ingest_phone.recordings import as_opus
from peyvand.cursors import Cursor
from peyvand.delivery import Delivery
from peyvand.event import InteractionEvent
from peyvand.identity import Organisation
from peyvand.source import Batch, PullSource, WebhookSource


async def fetch(settings: Settings, cursor: Cursor | None) -> AsyncIterator[Batch]:
    """Yield the files of the folder as they come, one arrival each."""
    assert settings.folder is not None
    place = Place.of(cursor)
    while True:
        try:
            arrivals, place = await asyncio.to_thread(look, settings.folder, place)
        except OSError as error:
            raise in_words(error, settings.folder) from error
        yield Batch(arrivals, place.cursor())
        if not arrivals:
            await asyncio.sleep(settings.poll_seconds)


def normalise(delivery: Delivery, settings: Settings, organisation: Organisation) -> Sequence[InteractionEvent]:
    """Return a record as one leg of its call; raises Skipped, BadPayload."""
    return [leg(delivery, settings, organisation)]


def normalise_live(delivery: Delivery, settings: Settings, organisation: Organisation) -> Sequence[InteractionEvent]:
    """Return what was heard as one leg's state; raises Skipped, BadPayload."""
    return [live_leg(delivery, settings, organisation)]


POSTED = WebhookSource(
    name="freeswitch",
    settings=Settings,
    verify=verify,
    normalise=normalise,
    check=check,
    serves=is_called,
    locate=locate,
    playable=as_opus,
)
KEPT = PullSource(
    name="freeswitch",
    settings=Settings,
    fetch=fetch,
    normalise=normalise,
    check=check,
    serves=reads,
    locate=locate,
    playable=as_opus,
)
LIVE = PullSource(
    name="freeswitch",
    settings=Settings,
    fetch=listen,
    normalise=normalise_live,
    check=check,
    serves=is_heard,
    ahead=True,
)
"""What could not be posted is brought by a connector of its own; both know one call, and a leg told twice is one."""
