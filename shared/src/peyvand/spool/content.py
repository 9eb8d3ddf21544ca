"""Readings as bytes on the disk: one byte for the version, then JSON under zstd."""

from collections.abc import Sequence
from dataclasses import dataclass

import cramjam
from pydantic import TypeAdapter, ValidationError

from peyvand.errors import BadPayload
from peyvand.publish import Reading

VERSION = b"1"
_READING = TypeAdapter(Reading)


@dataclass(frozen=True, slots=True)
class Spooled:
    """One payload of the log, and the reading that it is, or why it is none."""

    payload: bytes
    reading: Reading | None
    why: str = ""


def payload_of(reading: Reading) -> bytes:
    """Return a reading as bytes."""
    return VERSION + bytes(cramjam.zstd.compress(_READING.dump_json(reading), level=1))


def reading_of(payload: bytes) -> Reading:
    """Return the reading that the bytes are; raises BadPayload for those of another version."""
    if payload[:1] != VERSION:
        raise BadPayload(f"it is of version {payload[:1]!r}, and this is version {VERSION!r}")
    try:
        return _READING.validate_json(bytes(cramjam.zstd.decompress(payload[1:])))
    except (cramjam.DecompressionError, ValidationError) as error:
        # without the values, which may be private
        raise BadPayload(f"this version cannot read it: {type(error).__name__}") from None


def decoded(payloads: Sequence[bytes]) -> list[Spooled]:
    """Return the readings that payloads are, or why they are none."""
    return [_spooled(payload) for payload in payloads]


def _spooled(payload: bytes) -> Spooled:
    try:
        return Spooled(payload, reading_of(payload))
    except BadPayload as error:
        return Spooled(payload, None, str(error))
