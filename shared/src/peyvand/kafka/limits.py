"""What the bus takes of one record, and what becomes of a reading that is larger."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from peyvand.errors import BadPayload
from peyvand.publish import Reading
from peyvand.wire import EVENTS, Record, records

LARGEST = 4 * 1024 * 1024
# Beyond key and value a record has a frame and headers, and a dead letter a few more than the record that it was.
ROOM = 64 * 1024
# As many bytes have a deadline of their own: of more, the last would be late before they are sent.
PORTION = 4 * 1024 * 1024


def size(record: Record) -> int:
    """Return the bytes of a record that are worth counting."""
    return len(record.key) + len(record.value)


def fitting(reading: Reading, largest: int = LARGEST) -> list[Record]:
    """Return a reading's records; when one is too large, of a reading that is kept for repair; raises BadPayload.

    The event is what is left out, never the delivery: from what is kept a later release can read it again.
    """
    told = records(reading)
    longest = max(told, key=size)
    if size(longest) <= largest:
        return told
    why = "; ".join(filter(None, (reading.kept, _why(longest, largest))))
    kept = replace(reading, events=(), skipped=None, kept=why)
    for smaller in _ever_smaller(kept):
        told = records(smaller)
        if size(told[0]) <= largest:
            return told
    raise BadPayload(f"this delivery of {size(told[0])} bytes is larger than the bus takes")


def portions(told: Sequence[Record], most: int = PORTION) -> Iterator[Sequence[Record]]:
    """Return the records in groups that can be sent within one deadline; nearly always there is one."""
    start = taken = 0
    for at, record in enumerate(told):
        if taken and taken + size(record) > most:
            yield told[start:at]
            start, taken = at, 0
        taken += size(record)
    if taken:
        yield told[start:] if start else told


def _why(record: Record, largest: int) -> str:
    whose = "event" if record.topic == EVENTS else "receipt"
    return f"its {whose} of {size(record)} bytes is larger than the bus takes ({largest})"


def _ever_smaller(reading: Reading) -> Iterable[Reading]:
    yield reading
    cut = f"{reading.kept}; its headers and its address were cut"
    yield replace(reading, kept=cut, delivery=replace(reading.delivery, headers={}, url=""))
