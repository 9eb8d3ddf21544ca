"""Files that came with a mail: what they are called, what they claim and seem to be; never opened."""

import hashlib

from ingest_email.reading import limits
from ingest_email.reading.headers import parameters
from ingest_email.reading.mime import Part
from peyvand.event import Attachment

# What the first bytes of a file say, whatever its name says.
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"PK\x03\x04", "application/zip"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b", "application/gzip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"{\\rtf", "application/rtf"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"MZ", "application/vnd.microsoft.portable-executable"),
    (b"\x7fELF", "application/x-elf"),
    (b"<!DOCTYPE html", "text/html"),
    (b"<html", "text/html"),
)
_UNSEEMLY = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def attachment(part: Part, hint: str, *, whole: bool) -> Attachment:
    """Return what is to be known of a file; `whole` False means that the mail was cut within it."""
    disposition, given = parameters(part.headers.first("content-disposition"), hint)
    _, named = parameters(part.headers.first("content-type"), hint)
    content = part.content()
    return Attachment(
        name=clean_name(given.get("filename") or named.get("name", "")),
        claimed_type=part.media_type,
        sniffed_type=sniffed(content),
        size=len(content) if whole else None,
        sha256=hashlib.sha256(content).hexdigest() if whole else None,
        state="in raw" if whole else "not fetched",
        inline=disposition == "inline" or (not disposition and part.headers.first("content-id") is not None),
    )


def sniffed(content: bytes) -> str:
    """Return the media type that the first bytes betray, or ""."""
    if content[4:8] == b"ftyp":
        return "video/mp4"
    if content[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(content[8:12], "")
    return next((kind for magic, kind in _MAGIC if content.startswith(magic)), "")


def clean_name(written: str) -> str:
    """Return a file name without folders, controls and signs that turn its direction; ZWNJ stays."""
    name = written.replace("\\", "/").rpartition("/")[2].translate(_UNSEEMLY).strip(" .")
    raw = name.encode()
    if len(raw) <= limits.FILE_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    ending = dot + ending if stem and len(ending) <= 10 else ""
    return raw[: limits.FILE_NAME - len(ending.encode())].decode(errors="ignore") + ending
