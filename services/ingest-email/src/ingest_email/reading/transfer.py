"""Transfer encodings undone (RFC 2045), whatever is wrong with them."""

import base64
import binascii
from contextlib import suppress

_BASE64 = bytes(range(256)).translate(None, b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")


def undone(body: bytes, encoding: str) -> bytes:
    """Return a body as its writer had it; an encoding that nobody knows leaves it as it is."""
    match encoding:
        case "base64":
            return unbase64(body)
        case "quoted-printable":
            return binascii.a2b_qp(body)
        case "x-uuencode" | "uuencode" | "x-uue" | "uue":
            return _unuu(body)
        case _:
            return body


def unbase64(raw: bytes) -> bytes:
    """Return what base64 holds as far as it is some: line breaks, rubbish and lost padding are forgiven."""
    try:
        return binascii.a2b_base64(raw)
    except binascii.Error:
        kept = raw.partition(b"=")[0].translate(None, _BASE64)
        kept = kept[: len(kept) - 1] if len(kept) % 4 == 1 else kept
        return base64.b64decode(kept + b"=" * (-len(kept) % 4))


def _unuu(body: bytes) -> bytes:
    pieces = []
    _, _, lines = body.partition(b"begin ")
    for line in filter(None, lines.splitlines()[1:]):
        if line.strip() in (b"end", b"`"):
            break
        with suppress(binascii.Error):
            # some senders pad beyond what the length at the line's beginning says
            pieces.append(binascii.a2b_uu(line[: (((line[0] - 32) & 63) * 4 + 5) // 3]))
    return b"".join(pieces)
