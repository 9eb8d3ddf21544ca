"""Events, interactions and raw bodies as bytes in a column."""

import zlib

import cramjam

from peyvand.event import InteractionEvent
from timeline.folds.interaction import Interaction

# Bodies shorter than this grow when compressed.
_WORTH_IT = 96
# The next two take a half longer, for a hundredth less room.
_LEVEL = 1
_PLAIN, _ZSTD = b"\0", b"\2"


def packed(content: bytes) -> bytes:
    """Return bytes compressed where that saves room; the first byte says which."""
    if len(content) >= _WORTH_IT:
        small = bytes(cramjam.zstd.compress(content, _LEVEL))
        if len(small) < len(content):
            return _ZSTD + small
    return _PLAIN + content


def unpacked(stored: bytes) -> bytes:
    """Return what `packed` was given."""
    match stored[:1]:
        case b"\2":
            return bytes(cramjam.zstd.decompress(stored[1:]))
        case b"\1":  # as it was written until there was zstd
            return zlib.decompress(stored[1:])
        case _:
            return stored[1:]


def event_bytes(event: InteractionEvent) -> bytes:
    """Return an event as it is stored."""
    return packed(event.model_dump_json(exclude_defaults=True).encode())


def event_from(stored: bytes) -> InteractionEvent:
    """Return a stored event."""
    return InteractionEvent.model_validate_json(unpacked(stored))


def interaction_bytes(interaction: Interaction) -> bytes:
    """Return an interaction as it is stored."""
    return interaction.model_dump_json(exclude_defaults=True).encode()


def interaction_from(stored: bytes) -> Interaction:
    """Return a stored interaction."""
    return Interaction.model_validate_json(stored)
