"""Records of the bus into receipts and events; those that cannot be read, set apart."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from aiokafka import ConsumerRecord

from peyvand.errors import BadPayload, SourceStopped
from peyvand.event import InteractionEvent
from peyvand.publish import Receipt
from peyvand.wire import DELIVERIES, event_from, receipt_from
from timeline.consume.letters import Refusal
from timeline.halving import MOST_GUILTY_IN_A_ROW

# One transaction takes so many bytes at most: records can be of some megabytes each.
MOST_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Part:
    """A record that could be read."""

    record: ConsumerRecord
    topic: str
    said: Receipt | InteractionEvent


@dataclass(slots=True)
class Reader:
    """Reads records in their order; `topics` are their short names by the full ones."""

    topics: Mapping[str, str]
    unreadable_in_a_row: int = 0
    refusals: list[Refusal] = field(default_factory=list)

    def read(self, records: Sequence[ConsumerRecord]) -> list[Part]:
        """Return what could be read and note what could not; raises SourceStopped when that is too many in a row."""
        return [part for record in records if (part := self._part(record)) is not None]

    def _part(self, record: ConsumerRecord) -> Part | None:
        topic = self.topics[record.topic]
        try:
            part = Part(record, topic, _said(topic, record.value or b""))
        except Exception as error:  # noqa: BLE001 - whatever it is, the same bytes raise it again
            words = str(error) if isinstance(error, BadPayload) else type(error).__name__
            self._refuse(Refusal(record, topic, f"it cannot be read from the bus: {words}"))
            return None
        self.unreadable_in_a_row = 0
        return part

    def _refuse(self, refusal: Refusal) -> None:
        self.unreadable_in_a_row += 1
        self.refusals.append(refusal)
        if self.unreadable_in_a_row > MOST_GUILTY_IN_A_ROW:
            raise SourceStopped(f"{self.unreadable_in_a_row} records in a row cannot be read; the last: {refusal.why}")


def portions(records: Sequence[ConsumerRecord]) -> Iterator[list[ConsumerRecord]]:
    """Yield records in their order, as many at a time as one transaction takes."""
    portion: list[ConsumerRecord] = []
    size = 0
    for record in records:
        size += len(record.value or b"")
        if portion and size > MOST_BYTES:
            yield portion
            portion, size = [], len(record.value or b"")
        portion.append(record)
    if portion:
        yield portion


def _said(topic: str, value: bytes) -> Receipt | InteractionEvent:
    return receipt_from(value) if topic == DELIVERIES else event_from(value)
