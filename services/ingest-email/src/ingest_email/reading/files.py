"""Files that came with a mail: what they are called, what they claim and seem to be; never opened."""

import hashlib
from collections.abc import Iterator, Mapping

from ingest_email.reading import limits
from ingest_email.reading.addresses import addresses
from ingest_email.reading.headers import split_headers
from ingest_email.reading.mime import Part, parse
from ingest_email.reading.parameters import parameters
from ingest_email.reading.tnef import MEDIA_TYPES as TNEF
from ingest_email.reading.tnef import enclosed
from ingest_email.reading.words import readable
from peyvand.delivery import Delivery
from peyvand.event import Attachment
from peyvand.filenames import clean_name
from peyvand.sniffing import sniffed

_MAILS = ("message/rfc822", "message/global")


def is_text(part: Part) -> bool:
    """Return whether a part is shown as text: no file name, and not declared an attachment."""
    if part.media_type not in ("text/plain", "text/html"):
        return False
    disposition = (part.headers.first("content-disposition") or b"").lower()
    return b"name" not in disposition and not disposition.startswith(b"attachment")


def file_parts(root: Part) -> list[Part]:
    """Return the parts that are files, in order."""
    return [part for part in root.leaves() if not is_text(part)]


def mail_files(delivery: Delivery, _settings: object) -> Mapping[str, bytes]:
    """Return the files of a delivered mail by the SHA-256 of their bytes, in hex."""
    contents = (part.content() for part in file_parts(parse(delivery.body)))
    return {hashlib.sha256(content).hexdigest(): content for content in contents}


def attachments(part: Part, hint: str, *, whole: bool, missing: int | None = None) -> Iterator[Attachment]:
    """Yield what is to be known of a file, and of those that it wraps.

    `whole` False: the mail was cut within it; or it was not fetched at all, and has `missing` bytes.
    """
    headers, content = part.headers, part.content()
    disposition, given = parameters(headers.first("content-disposition"), hint)
    shown = readable(headers.first("content-id") or b"").strip("<> ")[: limits.FILE_NAME]
    subject, title = _title(content) if part.media_type in _MAILS else ("", "")
    yield Attachment(
        name=clean_name(given.get("filename") or _named(part, hint) or (subject and f"{subject}.eml")),
        claimed_type=part.media_type,
        sniffed_type=sniffed(content),
        size=len(content) if whole else missing,
        sha256=hashlib.sha256(content).hexdigest() if whole else None,
        state="in raw" if whole else "not fetched",
        inline=disposition == "inline" or (not disposition and bool(shown)),
        content_id=shown,
        title=title,
    )
    if part.media_type in TNEF or sniffed(content) == TNEF[1]:
        wrapped = clean_name(given.get("filename") or "winmail.dat")
        for file in enclosed(content):
            yield Attachment(name=clean_name(file.name), size=file.size, state=f"within {wrapped}")


def _named(part: Part, hint: str) -> str:
    written = part.headers.first("content-type") or b""
    given = part.parameters if written.isascii() else parameters(written, hint)[1]
    return given.get("name", "")


def _title(content: bytes) -> tuple[str, str]:
    """Return an attached mail's subject, and it with who wrote it."""
    headers, _ = split_headers(content, 0, min(len(content), limits.HEADER_BLOCK))
    writer = next(iter(addresses(headers.all("from")[:1])), None)
    subject = headers.text("subject")[: limits.TITLE]
    by = f" ({writer.name or writer.written})" if writer else ""
    return subject, (subject + by).strip()
