"""A channel whose deliveries do strange things to whoever reads them; importable from any process."""

import hashlib
import os
import signal
from collections.abc import Mapping
from datetime import UTC, datetime

from pydantic import BaseModel

from peyvand.delivery import Delivery
from peyvand.errors import BadPayload, Skipped
from peyvand.event import Attachment, Direction, InteractionEvent, Kind, event
from peyvand.identity import Organisation


class Settings(BaseModel):
    reader: int = 0  # the process that must not read what kills


def normalise(delivery: Delivery, settings: Settings, organisation: Organisation) -> list[InteractionEvent]:
    """Return the event of `name`, with the file that stands behind a bar; or do what the body says."""
    said, _, file = delivery.body.rstrip(b".").partition(b"|")
    match said:
        case b"kill":
            assert os.getpid() != settings.reader, "read in the process that must live"
            os.kill(os.getpid(), signal.SIGKILL)
        case b"hang":
            signal.pause()
        case b"print":
            os.write(1, b"noise")
        case b"bad":
            raise BadPayload("bad")
        case b"skip":
            raise Skipped("a rule")
    attached = Attachment(name="f", size=len(file), sha256=hashlib.sha256(file).hexdigest())
    return [
        event(
            delivery,
            organisation,
            key=said.decode(),
            kind=Kind.MESSAGE,
            direction=Direction.INBOUND,
            occurred_at=datetime(2026, 1, 1, tzinfo=UTC),
            text=f"سلام {os.getpid()}",
            attachments=(attached,) if file else (),
        )
    ]


def files(delivery: Delivery, _settings: Settings) -> Mapping[str, bytes]:
    """Return the one file of a delivery."""
    file = delivery.body.rstrip(b".").partition(b"|")[2]
    return {hashlib.sha256(file).hexdigest(): file}
