"""What Outlook wraps into winmail.dat: the names and sizes of the files within, which stay there.

[MS-OXTNEF] https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxtnef
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from ingest_email.reading import limits
from ingest_email.reading.charset import decoded

MEDIA_TYPES = ("application/ms-tnef", "application/vnd.ms-tnef")
_SIGNATURE = b"\x78\x9f\x3e\x22"
# An attribute: level, id with its type, length; then the value and a checksum.
_HEAD = struct.Struct("<BII")
_CODE_PAGE, _BEGINS, _TITLE, _DATA, _PROPERTIES = 0x00069007, 0x00069002, 0x00018010, 0x0006800F, 0x00069005
# PidTagAttachLongFilename as text in UTF-16, or in the sender's code page; then one value, and its length.
_LONG_NAMES = ((struct.pack("<II", 0x3707001F, 1), "utf-16-le"), (struct.pack("<II", 0x3707001E, 1), None))


@dataclass(slots=True)
class Enclosed:
    """A file within: the longest name that is given for it, and its bytes counted."""

    name: str = ""
    size: int | None = None


def enclosed(content: bytes) -> list[Enclosed]:
    """Return the files within; of what is no TNEF, or broken, those that can be told."""
    found: list[Enclosed] = []
    charset = ""
    for kind, value in _attributes(content):
        if kind == _CODE_PAGE and len(value) >= 4:
            charset = f"cp{int.from_bytes(value[:4], 'little')}"
        elif kind == _BEGINS:
            if len(found) == limits.ENCLOSED:
                break
            found.append(Enclosed())
        elif found:
            _tell(found[-1], kind, value, charset)
    return found


def _tell(file: Enclosed, kind: int, value: memoryview, charset: str) -> None:
    if kind == _TITLE:  # short, as MS-DOS would have it
        file.name = file.name or _text(bytes(value[: limits.FILE_NAME]), charset)
    elif kind == _PROPERTIES:
        file.name = _long_name(bytes(value), charset) or file.name
    elif kind == _DATA:
        file.size = len(value)


def _attributes(content: bytes) -> Iterator[tuple[int, memoryview]]:
    at, view = 6, memoryview(content)
    if content[:4] != _SIGNATURE:
        return
    while at + _HEAD.size <= len(content):
        _, kind, length = _HEAD.unpack_from(content, at)
        at += _HEAD.size
        if length > len(content) - at:
            return
        yield kind, view[at : at + length]
        at += length + 2


def _long_name(properties: bytes, charset: str) -> str:
    for tag, encoding in _LONG_NAMES:
        at = properties.find(tag)
        if at != -1:
            begin = at + len(tag) + 4
            length = int.from_bytes(properties[begin - 4 : begin], "little")
            name = properties[begin : begin + min(length, 4 * limits.FILE_NAME)]
            return name.decode(encoding, "replace").rstrip("\0") if encoding else _text(name, charset)
    return ""


def _text(value: bytes, charset: str) -> str:
    return decoded(value.rstrip(b"\0"), charset)
