"""The format of a segment: framed, checksummed records, found again on either side of what is damaged.

A record: its segment's mark (8 random bytes), its payload's length and CRC-32, the CRC-32 of these three, the payload.
"""

import struct
import zlib
from collections.abc import Sequence
from typing import NamedTuple

MARK_BYTES = 8
_HEAD = struct.Struct(f"<{MARK_BYTES}sII")
_SEAL = struct.Struct("<I")
HEAD_BYTES = _HEAD.size + _SEAL.size


class Damage(NamedTuple):
    """Bytes that are no record, and where they stand."""

    at: int
    content: bytes


class Scan(NamedTuple):
    """What a segment holds, in order; from `end` on there is only the torn tail of a write that never ended."""

    records: Sequence[bytes]
    damaged: Sequence[Damage]
    end: int


def framed(mark: bytes, payload: bytes) -> bytes:
    """Return a record."""
    head = _HEAD.pack(mark, len(payload), zlib.crc32(payload))
    return head + _SEAL.pack(zlib.crc32(head)) + payload


def scan(mark: bytes, content: bytes) -> Scan:
    """Return the payloads of all whole records, and what lies between them."""
    records: list[bytes] = []
    damaged: list[Damage] = []
    at = 0
    while at < len(content):
        head = _head(mark, content, at)
        end = at + HEAD_BYTES + head[0] if head else _next(mark, content, at + 1)
        if end > len(content):
            break  # the head is whole, so its length is right: what it announces was never written
        if head is None and end == len(content) and _is_torn(content[at:]):
            break  # with a whole head behind it, it would have been written once
        payload = content[at + HEAD_BYTES : end]
        if head is not None and zlib.crc32(payload) == head[1]:
            records.append(payload)
        else:
            damaged.append(Damage(at, content[at:end]))
        at = end
    return Scan(records, damaged, at)


def _head(mark: bytes, content: bytes, at: int) -> tuple[int, int] | None:
    """Return a record's length and checksum, or None where no head stands or it is damaged."""
    if not content.startswith(mark, at) or len(content) - at < HEAD_BYTES:
        return None
    (seal,) = _SEAL.unpack_from(content, at + _HEAD.size)
    if zlib.crc32(content[at : at + _HEAD.size]) != seal:
        return None
    _, length, checksum = _HEAD.unpack_from(content, at)
    return length, checksum


def _next(mark: bytes, content: bytes, at: int) -> int:
    """Return where the next whole head stands, or the end of the content."""
    while (at := content.find(mark, at)) >= 0:
        if _head(mark, content, at) is not None:
            return at
        at += 1
    return len(content)


def _is_torn(content: bytes) -> bool:
    """Return whether the content is what an unfinished write leaves: less than a head, or room without bytes."""
    return len(content) < HEAD_BYTES or not content.strip(b"\0")
