"""Readings as records of the bus: one for the delivery's receipt, one for each of its events.

CloudEvents 1.0 in the binary mode of its Kafka protocol binding: attributes are headers, the value is the JSON alone.
https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md
"""

from hashlib import blake2b
from typing import NamedTuple

from pydantic import TypeAdapter, ValidationError

from peyvand.errors import BadPayload
from peyvand.event import InteractionEvent
from peyvand.publish import Reading, Receipt

EVENTS, DELIVERIES, DEAD = "interactions.v1", "deliveries.v1", "interactions.v1.dead"
TOPICS = (EVENTS, DELIVERIES, DEAD)
# The delivery that an event came from: a reader who cannot read the value can still say whose it was.
DELIVERY_HEADER, SOURCE_HEADER = "ce_delivery", "ce_source"

Headers = tuple[tuple[str, bytes], ...]

_RECEIPT = TypeAdapter(Receipt)
_COMMON: Headers = (("content-type", b"application/json"), ("ce_specversion", b"1.0"))


class Record(NamedTuple):
    """One record of a topic."""

    topic: str
    key: bytes
    value: bytes
    headers: Headers


def records(reading: Reading) -> list[Record]:
    """Return a reading's records, its receipt first."""
    delivery = reading.delivery
    delivery_id = str(delivery.id).encode()
    came = (
        *_COMMON,
        (SOURCE_HEADER, f"/connectors/{delivery.connector}".encode()),
        ("ce_time", delivery.received_at.isoformat().encode()),
    )
    told = [_event(e, (*came, (DELIVERY_HEADER, delivery_id))) for e in reading.events]
    headers = (*came, ("ce_type", b"peyvand.delivery.v1"), ("ce_id", delivery_id))
    key = told[0].key if told else delivery.id.bytes
    return [Record(DELIVERIES, key, _RECEIPT.dump_json(reading.receipt), headers), *told]


def event_from(value: bytes) -> InteractionEvent:
    """Return the event of a record's value; raises BadPayload."""
    try:
        return InteractionEvent.model_validate_json(value)
    except ValidationError as error:
        raise BadPayload(_in_words(error)) from None


def receipt_from(value: bytes) -> Receipt:
    """Return the receipt of a record's value; raises BadPayload."""
    try:
        return _RECEIPT.validate_json(value)
    except ValidationError as error:
        raise BadPayload(_in_words(error)) from None


def _event(event: InteractionEvent, headers: Headers) -> Record:
    kind = ("ce_type", f"peyvand.interaction.{event.change}.v1".encode())
    value = event.model_dump_json(exclude_defaults=True).encode()
    return Record(EVENTS, _key(event), value, (*headers, kind, ("ce_id", str(event.event_id).encode())))


def _key(event: InteractionEvent) -> bytes:
    """Return what keeps one correspondent's events near each other; a digest, since keys are seen in many tools."""
    theirs = next((h.key for p in event.parties if not p.ours for h in p.handles), None)
    if theirs is None:
        return event.interaction_id.bytes
    return blake2b("\x1f".join(theirs).encode(), digest_size=16).digest()


def _in_words(error: ValidationError) -> str:
    """Return what is wrong without the values, which may be private."""
    found = error.errors(include_input=False, include_url=False)
    return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'value'}: {e['msg']}" for e in found[:5])
