"""A call log as a table: any CSV, or lines of fixed width, by its columns; recipes for 3CX, Cisco, Avaya and Mitel.

Brought in by `peyvand import calllog`, or read from a folder into which whole files are put.
"""

from collections.abc import Sequence

from ingest_phone.calllog.check import check
from ingest_phone.calllog.folder import fetch
from ingest_phone.calllog.leg import leg
from ingest_phone.calllog.settings import Settings
from peyvand.delivery import Delivery
from peyvand.event import InteractionEvent
from peyvand.identity import Organisation
from peyvand.source import PullSource


def normalise(delivery: Delivery, settings: Settings, organisation: Organisation) -> Sequence[InteractionEvent]:
    """Return a row as one leg of its call; raises Skipped, BadPayload."""
    return [leg(delivery, settings, organisation)]


SOURCE = PullSource(name="calllog", settings=Settings, fetch=fetch, normalise=normalise, check=check)
