"""Readings as bytes on the disk: one byte for the version, then JSON under zstd."""

from collections.abc import Sequence
from dataclasses import dataclass

import cramjam
from pydantic import TypeAdapter, ValidationError

from peyvand.errors import BadPayload
from peyvand.publish import Reading

VERSION = b"1"
# What compresses well is small on the disk and large in memory.
MOST_DECODED = 8 * 1024 * 1024
_READING = TypeAdapter(Reading)


@dataclass(frozen=True, slots=True)
class Spooled:
    """One payload of the log, and the reading that it is, or why it is none."""

    payload: bytes
    reading: Reading | None
    why: str = ""
    size: int = 0


def payload_of(reading: Reading) -> bytes:
    """Return a reading as bytes."""
    return VERSION + bytes(cramjam.zstd.compress(_READING.dump_json(reading), level=1))


def reading_of(payload: bytes) -> Reading:
    """Return the reading that the bytes are; raises BadPayload for those of another version."""
    return _read(_unpacked(payload))


def decoded(payloads: Sequence[bytes], most_bytes: int = MOST_DECODED) -> list[Spooled]:
    """Return the readings that the first payloads are, or why they are none, until these are long enough."""
    first: list[Spooled] = []
    size = 0
    for payload in payloads:
        first.append(_spooled(payload))
        size += first[-1].size
        if size > most_bytes:
            break
    return first


def _spooled(payload: bytes) -> Spooled:
    try:
        content = _unpacked(payload)
        return Spooled(payload, _read(content), size=len(content))
    except BadPayload as error:
        return Spooled(payload, None, str(error))


def _unpacked(payload: bytes) -> bytes:
    if payload[:1] != VERSION:
        raise BadPayload(f"it is of version {payload[:1]!r}, and this is version {VERSION!r}")
    try:
        return bytes(cramjam.zstd.decompress(payload[1:]))
    except cramjam.DecompressionError as error:
        raise _unreadable(error) from None


def _read(content: bytes) -> Reading:
    try:
        return _READING.validate_json(content)
    except ValidationError as error:
        raise _unreadable(error) from None


def _unreadable(error: Exception) -> BadPayload:
    return BadPayload(f"this version cannot read it: {type(error).__name__}")  # without the values: they may be private
