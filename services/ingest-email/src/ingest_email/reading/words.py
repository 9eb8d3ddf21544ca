"""Header values as people read them: encoded words (RFC 2047), raw 8-bit bytes, and signs that have no place there."""

import base64
import binascii
import re
from collections.abc import Iterator
from itertools import groupby

from ingest_email.reading.charset import decoded

# `[^?]*`, not what RFC 2047 allows: senders leave spaces and raw bytes inside.
_WORD = re.compile(rb"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_BASE64 = bytes(range(256)).translate(None, b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
# Controls, and the signs that turn the direction of what follows: in a name or a subject they only deceive.
_UNSEEMLY = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])
_UNSEEMLY |= dict.fromkeys((0x09, 0x0A, 0x0D), " ")


def readable(value: bytes, hint: str = "") -> str:
    """Return a header's value decoded, on one line; `hint` is the encoding of raw bytes beyond ASCII."""
    text = value.decode("ascii") if _plain(value) else "".join(_texts(value, hint))
    return " ".join(text.translate(_UNSEEMLY).split())


def unbase64(raw: bytes) -> bytes:
    """Return what base64 holds as far as it is some: line breaks, rubbish and lost padding are forgiven."""
    kept = raw.partition(b"=")[0].translate(None, _BASE64)
    kept = kept[: len(kept) - 1] if len(kept) % 4 == 1 else kept
    return base64.b64decode(kept + b"=" * (-len(kept) % 4))


def _plain(value: bytes) -> bool:
    return value.isascii() and b"=?" not in value


def _texts(value: bytes, hint: str) -> Iterator[str]:
    """Yield the pieces; neighbours of one charset are joined as bytes, for some senders split within a letter."""
    for charset, group in groupby(_pieces(value), key=lambda piece: piece[0]):
        raw = b"".join(piece for _, piece in group)
        yield decoded(raw, charset or "", fallback=hint)


def _pieces(value: bytes) -> Iterator[tuple[str | None, bytes]]:
    end = 0
    for word in _WORD.finditer(value):
        between = value[end : word.start()]
        if between.strip() or (end == 0 and between):
            yield None, between
        yield word[1].decode("latin-1").lower().partition("*")[0], _word(word[2], word[3])
        end = word.end()
    if value[end:]:
        yield None, value[end:]


def _word(how: bytes, content: bytes) -> bytes:
    if how in b"bB":
        return unbase64(content)
    return binascii.a2b_qp(content.replace(b" ", b"_"), header=True)
