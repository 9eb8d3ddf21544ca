"""Bytes to text, whatever the label says: labels lie, are missing, or are spelled in a way of their own."""

import codecs
import re
from functools import lru_cache

import cchardet

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
}
# Codecs that Python lists among text encodings and that are no writing of a person.
_NOT_WRITING = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
# Senders that know no better write these over anything.
_CARELESS = {"cp1252", "cp1254"}
_STATEFUL = ("iso2022", "utf-7", "utf-16", "utf-32", "utf_16", "utf_32", "utf_7", "hz")
_SAMPLE = 64 * 1024


@lru_cache(maxsize=1_000)
def codec(label: str) -> str | None:
    """Return Python's name of the encoding that a label means, or None when it means none."""
    name = label.strip().strip("\"'").lower().partition("*")[0]
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
    name = codec(label) if label else None
    if raw.isascii() and not _stateful(name, raw):
        return raw.decode("ascii")
    fitting = _fitting(raw, name, codec(fallback) if fallback else None)
    return _sound(raw.decode(fitting or name or "utf-8", errors="replace"))


def encoding(raw: bytes, label: str) -> str:
    """Return the encoding in which bytes that claim one are written, or ""."""
    name = codec(label) if label else None
    return name or "" if raw.isascii() else _fitting(raw, name, None) or ""


def _fitting(raw: bytes, name: str | None, fallback: str | None) -> str | None:
    for candidate in _candidates(raw, name, fallback):
        try:
            raw.decode(candidate)
        except (UnicodeError, LookupError):
            continue
        return candidate
    return None


def _candidates(raw: bytes, name: str | None, fallback: str | None) -> list[str]:
    if name is not None and name.startswith(_STATEFUL):
        return [name]
    # Bytes beyond ASCII that are sound UTF-8 are UTF-8: no other writing looks like that by chance.
    tried = ["utf-8"] if name is None or name == "utf-8" or _one_byte(name) else [name, "utf-8"]
    if b"\x1b$" in raw[:_SAMPLE]:
        tried.insert(0, "iso2022_jp")
    if name is not None and name not in _CARELESS and name not in tried:
        tried.append(name)
    if name is None or (name in _CARELESS and _mostly_beyond_ascii(raw)):
        tried += [c for c in ("cp1256" if _arabic(raw) else None, fallback, _detected(raw)) if c]
    return [*tried, name] if name is not None else tried


def _detected(raw: bytes) -> str | None:
    found = cchardet.detect(raw[:_SAMPLE]).get("encoding")
    return codec(found) if found else None


def _mostly_beyond_ascii(raw: bytes) -> bool:
    """Return whether letters beyond ASCII outnumber those within: no Western text, whatever its label says."""
    sample = raw[:_SAMPLE]
    beyond = len(sample.translate(None, bytes(range(128))))
    letters = len(re.findall(rb"[A-Za-z]", sample))
    return beyond > letters


def _arabic(raw: bytes) -> bool:
    """Return whether bytes read as windows-1256 are Arabic script throughout: the usual unlabelled mail in Persian.

    Cyrillic, Greek or Hebrew bytes would show Latin letters with accents among them.
    """
    letters = [c for c in raw[:_SAMPLE].decode("cp1256", "replace") if c.isalpha() and not c.isascii()]
    return sum("\u0600" <= c <= "\u06ff" for c in letters) > 0.97 * len(letters)


def _one_byte(name: str) -> bool:
    return name.startswith(("cp125", "cp874", "iso8859", "koi8", "mac", "cp720", "cp864", "cp866", "cp437"))


def _stateful(name: str | None, raw: bytes) -> bool:
    return (name is not None and name.startswith(_STATEFUL)) or b"\x1b$" in raw[:_SAMPLE]


def _sound(text: str) -> str:
    """Return the text without lone surrogates, which some codecs let through and no store takes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text
