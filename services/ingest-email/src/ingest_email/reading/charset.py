"""Bytes to text, whatever the label says: labels lie, are missing, or are spelled in a way of their own."""

import codecs
import re
import string
from collections.abc import Iterator
from functools import lru_cache

import cchardet

from ingest_email.reading.letters import is_arabic, misread

# What mail programs write, and what they mean by it.
_MEANT = {
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "ansi_x3.4-1968": "cp1252",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-6-i": "iso8859-6",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-9": "cp1254",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "unicode-1-1-utf-8": "utf-8",
    "utf8mb4": "utf-8",
    "x-mac-arabic": "mac_arabic",
    "x-mac-farsi": "mac_farsi",
    "tis-620": "cp874",
    "koi8-r": "koi8-u",  # the same letters, and those of Ukrainian where the other has lines for tables
    "koi8": "koi8-u",
    "koi8r": "koi8-u",
    "gb2312_charset": "gb18030",
    "cn-gb": "gb18030",
    "cn-big5": "big5hkscs",
    "x-x-big5": "big5hkscs",
    "big5": "big5hkscs",
}
# Codecs that Python lists among text encodings and that are no writing of a person.
_NOT_WRITING = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
# Senders that know no better write these over anything.
_CARELESS = {"cp1252", "cp1254"}
_STATEFUL = ("iso2022", "utf-7", "utf-16", "utf-32", "utf_16", "utf_32", "utf_7", "hz")
_SAMPLE = 64 * 1024
_ASCII, _LETTERS = bytes(range(128)), string.ascii_letters.encode()


@lru_cache(maxsize=1_000)
def codec(label: str) -> str | None:
    """Return Python's name of the encoding that a label means, or None when it means none."""
    name = re.split(r"[*;(\s]", label.strip().strip("\"'").lower(), maxsplit=1)[0]
    for spelling in (name, re.sub(r"^(x-)?(windows|cp|win)[-_]?(?=\d)", "cp", name), name.removeprefix("x-")):
        try:
            found = codecs.lookup(_MEANT.get(spelling, spelling))
        except (LookupError, ValueError, UnicodeError):
            continue
        known = _MEANT.get(found.name, found.name)
        if getattr(found, "_is_text_encoding", False) and known not in _NOT_WRITING:
            return known
    return None


def decoded(raw: bytes, label: str = "", fallback: str = "") -> str:
    """Return the text of bytes that claim an encoding; `fallback` is used where neither claim nor content decides."""
    name = codec(label[:80]) if label else None
    if raw.isascii() and not _stateful(name, raw):
        return raw.decode("ascii")
    for candidate in _candidates(raw, name, codec(fallback[:80]) if fallback else None):
        try:
            text = raw.decode(candidate)
        except (UnicodeError, LookupError):
            continue
        return text if candidate == "utf-8" else _sound(text)
    return _sound(raw.decode(name or "utf-8", errors="replace"))


def encoding(raw: bytes, label: str) -> str:
    """Return the encoding in which bytes that claim one are written, or ""."""
    name = codec(label[:80]) if label else None
    if raw.isascii():
        return name or ""
    return next((c for c in _candidates(raw, name, None) if _fits(raw, c)), "")


def _fits(raw: bytes, name: str) -> bool:
    try:
        raw.decode(name)
    except (UnicodeError, LookupError):
        return False
    return True


def _candidates(raw: bytes, name: str | None, fallback: str | None) -> Iterator[str]:
    """Yield the encodings to try, the likeliest first."""
    if name is not None and name.startswith(_STATEFUL):
        yield name
        return
    if raw.find(b"\x1b$", 0, _SAMPLE) != -1:
        yield "iso2022_jp"
        yield "iso2022_kr"
    if name is not None and name != "utf-8" and not _one_byte(name):
        yield name
    # Bytes beyond ASCII that are sound UTF-8 are UTF-8: no other writing looks like that by chance.
    yield "utf-8"
    if name is None or name not in _CARELESS:
        if name is not None and name != "utf-8":
            yield name
        if name is None or not _nearly(raw, name):
            yield from _guessed(raw, fallback)
        return
    if _mostly_beyond_ascii(raw):
        yield from _guessed(raw, fallback)
    elif other := misread(raw[:_SAMPLE]):
        yield other
    yield name


def _guessed(raw: bytes, fallback: str | None) -> Iterator[str]:
    """Yield what bytes look like whose label is missing or cannot be true."""
    if is_arabic(raw[:_SAMPLE]):
        yield "cp1256"
    if fallback:
        yield fallback
    if found := _detected(raw):
        yield found


def _nearly(raw: bytes, name: str) -> bool:
    """Return whether bytes are what their label says but for a few, as where a text was cut or mended."""
    text = raw[:_SAMPLE].decode(name, "replace")
    beyond = sum(not c.isascii() for c in text)
    return text.count("\ufffd") * 2 < beyond


def _detected(raw: bytes) -> str | None:
    found = cchardet.detect(raw[:_SAMPLE]).get("encoding")
    return codec(found) if found else None


def _mostly_beyond_ascii(raw: bytes) -> bool:
    """Return whether letters beyond ASCII outnumber those within: no Western text, whatever its label says."""
    sample = raw[:_SAMPLE]
    beyond = len(sample.translate(None, _ASCII))
    return beyond > len(sample) - len(sample.translate(None, _LETTERS))


def _one_byte(name: str) -> bool:
    return name.startswith(("cp125", "cp874", "iso8859", "koi8", "mac", "cp720", "cp864", "cp866", "cp437"))


def _stateful(name: str | None, raw: bytes) -> bool:
    return (name is not None and name.startswith(_STATEFUL)) or raw.find(b"\x1b$", 0, _SAMPLE) != -1


def _sound(text: str) -> str:
    """Return the text without lone surrogates, which some codecs let through and no store takes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text
