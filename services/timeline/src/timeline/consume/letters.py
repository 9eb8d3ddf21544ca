"""What cannot be taken, as a dead letter that says why, and as a delivery that is kept for repair."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from aiokafka import ConsumerRecord

from peyvand.event import InteractionEvent
from peyvand.kafka.limits import LARGEST, ROOM, size
from peyvand.publish import Receipt
from peyvand.wire import DEAD, DELIVERIES, DELIVERY_HEADER, SOURCE_HEADER, Record
from timeline.ports import Refused

# Of an event that cannot be read nobody knows the channel until the delivery's receipt says it.
UNKNOWN_CHANNEL = "unknown"
MOST_WORDS = 1000
_CONNECTORS = "/connectors/"


class Letters(Protocol):
    """Where dead letters go."""

    async def send(self, records: Sequence[Record]) -> None:
        """Return once the broker has every record; raises Unavailable."""
        ...


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record that cannot be taken, the short name of its topic, and why in plain words."""

    record: ConsumerRecord
    topic: str
    why: str
    said: Receipt | InteractionEvent | None = None

    @property
    def place(self) -> tuple[str, int, int]:
        """Return where on the bus it stands."""
        return self.record.topic, self.record.partition, self.record.offset


def letter(refusal: Refusal) -> Record:
    """Return a record as it came, with where it stood and why it is dead; of one too large for us only the latter."""
    record = refusal.record
    told = (
        ("dead_topic", record.topic.encode()),
        ("dead_partition", str(record.partition).encode()),
        ("dead_offset", str(record.offset).encode()),
        ("dead_why", refusal.why[:MOST_WORDS].encode()),
    )
    came = tuple((name, value or b"") for name, value in record.headers)
    whole = Record(DEAD, record.key or b"", record.value or b"", (*came, *told))
    if size(whole) <= LARGEST + ROOM // 4:
        return whole
    return Record(DEAD, b"", b"", (*told, ("dead_bytes", str(size(whole)).encode())))


def refused(refusal: Refusal) -> Refused | None:
    """Return whose delivery is to be kept because of a refusal, where that can be told."""
    match refusal.said:
        case InteractionEvent() as e:
            return Refused(e.delivery_id, e.connector, e.channel, e.received_at, refusal.why)
        case Receipt(delivery=d):
            return Refused(d.id, d.connector, d.channel, d.received_at, refusal.why)
        case None:
            return _by_headers(refusal)


def _by_headers(refusal: Refusal) -> Refused | None:
    headers = {name: value or b"" for name, value in refusal.record.headers}
    name = "ce_id" if refusal.topic == DELIVERIES else DELIVERY_HEADER
    try:
        delivery = UUID(headers[name].decode())
        connector = headers[SOURCE_HEADER].decode()
    except (KeyError, ValueError):
        return None
    if not connector.startswith(_CONNECTORS):
        return None
    at = _received_at(headers.get("ce_time", b""), refusal.record.timestamp)
    return Refused(delivery, connector.removeprefix(_CONNECTORS), UNKNOWN_CHANNEL, at, refusal.why)


def _received_at(written: bytes, milliseconds: int) -> datetime:
    """Return when a delivery came by its header, else when its record was written."""
    try:
        at = datetime.fromisoformat(written.decode())
    except ValueError:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
