"""Header values as people read them: encoded words (RFC 2047), raw 8-bit bytes, and signs that have no place there."""

import binascii
import re
from collections.abc import Iterator
from itertools import groupby
from unicodedata import is_normalized, normalize

from ingest_email.reading.charset import decoded
from ingest_email.reading.transfer import unbase64

# `[^?]*`, not what RFC 2047 allows: senders leave spaces and raw bytes inside.
_WORD = re.compile(rb"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
# Controls, and the signs that turn the direction of what follows: in a name or a subject they only deceive.
_UNSEEMLY = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])
_UNSEEMLY |= dict.fromkeys((0x09, 0x0A, 0x0D), " ")
_SEEMLY = re.compile(rb"[!-~]+(?: [!-~]+)*\Z")


def readable(value: bytes, hint: str = "") -> str:
    """Return a header's value decoded, on one line; `hint` is the encoding of raw bytes beyond ASCII."""
    encoded = b"=?" in value
    if not encoded and _SEEMLY.match(value):
        return value.decode("ascii")
    text = "".join(_texts(value, hint)) if encoded or not value.isascii() else value.decode("ascii")
    text = " ".join(text.translate(_UNSEEMLY).split())
    return text if is_normalized("NFC", text) else normalize("NFC", text)


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
