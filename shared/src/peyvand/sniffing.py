"""What the first bytes of a file betray, whatever its name and its sender say of it."""

# https://www.iana.org/assignments/media-types and the formats' own descriptions
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"8BPS", "image/vnd.adobe.photoshop"),
    (b"AC10", "image/vnd.dwg"),
    (b"%!PS", "application/postscript"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b", "application/gzip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"{\\rtf", "application/rtf"),
    (b"\x78\x9f\x3e\x22", "application/vnd.ms-tnef"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"#!AMR", "audio/amr"),
    (b"\x1aE\xdf\xa3", "video/x-matroska"),
    (b"MZ", "application/vnd.microsoft.portable-executable"),
    (b"\x7fELF", "application/x-elf"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "application/x-ms-shortcut"),
    (b"\xca\xfe\xba\xbe", "application/java-vm"),
    (b"BEGIN:VCALENDAR", "text/calendar"),
    (b"BEGIN:VCARD", "text/vcard"),
)
# A file of MP4's family names its kind after "ftyp".
_BRANDS = {
    b"heic": "image/heic", b"heix": "image/heic", b"mif1": "image/heif", b"avif": "image/avif",
    b"qt  ": "video/quicktime", b"M4A ": "audio/mp4",
}  # fmt: skip
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
# A ZIP archive is a document of an office program when it has a folder of this name.
_IN_ARCHIVE = (
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    (b"META-INF/MANIFEST.MF", "application/java-archive"),
)
_MARKUP = (
    (b"<svg", "image/svg+xml"), (b"<!doctype html", "text/html"), (b"<html", "text/html"), (b"<script", "text/html"),
)  # fmt: skip
_FIRST = 8 * 1024


def sniffed(content: bytes) -> str:
    """Return the media type that the first bytes betray, or ""."""
    first = content[:_FIRST]
    if first[4:8] == b"ftyp":
        return _BRANDS.get(first[8:12], "video/mp4")
    if first[:4] == b"RIFF":
        return _RIFF.get(first[8:12], "")
    if first[:4] == b"PK\x03\x04":
        return _archive(first)
    if first[:2] == b"BM" and first[6:10] == bytes(4):
        return "image/bmp"
    known = next((kind for magic, kind in _MAGIC if first.startswith(magic)), "")
    return known or _markup(first)


def _archive(first: bytes) -> str:
    if first[30:38] == b"mimetype":  # OpenDocument and EPUB: the type stands uncompressed as the first file
        kind, _, _ = first[38:120].partition(b"PK")
        return kind.decode("ascii", "replace") if kind.startswith(b"application/") else "application/zip"
    return next((kind for folder, kind in _IN_ARCHIVE if folder in first), "application/zip")


def _markup(first: bytes) -> str:
    begin = first[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not begin.startswith(b"<"):
        return ""
    return next((kind for tag, kind in _MARKUP if tag in begin), "text/xml" if begin.startswith(b"<?xml") else "")
