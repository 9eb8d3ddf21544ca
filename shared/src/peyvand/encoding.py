"""How the letters of a text file are written, when nobody says."""

import codecs
from pathlib import Path

from peyvand.errors import Rejected

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BEGINNING = 4096
_AT_ONCE = 1 << 20


class Unreadable(Rejected):
    """A file is no text or table that we can read; the message says what to do."""


def encoding_of(path: Path) -> str:
    """Return a file's encoding: by its mark, else UTF-16 by its zeros, else UTF-8 if all of it is, else Windows-1256.

    Raises Unreadable for what is no text.
    """
    with path.open("rb") as file:
        beginning = file.read(_BEGINNING)
    for mark, name in _MARKS:
        if beginning.startswith(mark):
            return name
    if b"\0" in beginning:
        return _utf_16(beginning)
    return "utf-8" if _is_utf_8(path) else "windows-1256"


def _utf_16(beginning: bytes) -> str:
    """Return which UTF-16 it is: separators and digits have their zero byte first or second."""
    first, second = beginning[0::2].count(0), beginning[1::2].count(0)
    guess = "utf-16-be" if first > second else "utf-16-le"
    if min(first, second) * 4 > max(first, second) or len(beginning) % 2:
        raise Unreadable("the file is neither CSV text nor an Excel workbook (.xlsx)")
    return guess


def _is_utf_8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while part := file.read(_AT_ONCE):
                decoder.decode(part)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True
