"""What is to be done for a delivery, by what its source says: pure."""

from collections.abc import Iterator
from uuid import uuid5

from pydantic import BaseModel

from peyvand.delivery import Delivery
from peyvand.errands.errand import Errand, Task
from peyvand.errands.handing_on import key_of, written
from peyvand.event import AT_THE_VENDOR, asking
from peyvand.publish import Reading
from peyvand.redaction import secrets_of
from peyvand.source import ListenSource, Source


def wanted(source: Source, settings: BaseModel, delivery: Delivery, stored: Reading) -> tuple[Errand, ...]:
    """Return the errands of a delivery: as it came, and as it was stored with what it means."""
    return (*_files(source, stored), *_relayed(source, settings, delivery, stored.delivery))


def _files(source: Source, stored: Reading) -> Iterator[Errand]:
    if source.locate is None:
        return
    for event in stored.events:
        for file in event.attachments:
            if file.state == AT_THE_VENDOR:
                asked = asking(event, file)
                yield Errand(
                    event.connector, Task.FETCH, asked.event_id, asked.model_dump_json().encode(), event.received_at
                )


def _relayed(source: Source, settings: BaseModel, delivery: Delivery, stored: Delivery) -> Iterator[Errand]:
    if isinstance(source, ListenSource) or (url := source.relays_to(settings)) is None:
        return
    # another address is another errand: who is named anew has had nothing yet
    key = uuid5(key_of(delivery), url)
    payload = written(delivery, stored, secrets_of(settings))
    yield Errand(delivery.connector, Task.RELAY, key, payload, delivery.received_at)
