"""Mails out of an archive: mailbox files, Maildirs, folders and zips of mails, whatever is found where we look."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from ingest_email.imap.folders import SENT, Listed, chosen
from ingest_email.mailfile.maildirs import is_maildir, maildir_places, maildir_seen
from ingest_email.mailfile.tail import is_note, mails
from peyvand.errors import Unavailable

_EML = (".eml", ".eml.txt")
# Thunderbird leaves deleted mails in the file until it is compacted, and marks them so.
_STATUS = re.compile(rb"^X-Mozilla-Status: ([0-9a-fA-F]{4})\r?$", re.MULTILINE)
_EXPUNGED = 0x0008
_MOST_MEMBERS = 1_000_000


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail of an archive: where it stands, its bytes, its size, whether we sent it and whether it was cut."""

    place: str
    raw: bytes
    size: int
    sent: bool = False
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that holds no mail, or cannot be read, and why."""

    place: str
    why: str


def letters(path: Path, largest: int, *, sent: bool = False) -> Iterator[Letter | Unread]:
    """Yield what is found at a path, the same in the same order each time."""
    try:
        if path.is_dir():
            yield from _maildir(path, largest, sent) if is_maildir(path) else _folder(path, largest, sent)
        else:
            yield from _file(path, largest, sent or _is_sent(path.stem))
    except (OSError, zipfile.BadZipFile, Unavailable) as error:
        yield Unread(str(path), getattr(error, "strerror", None) or str(error))


def _folder(path: Path, largest: int, sent: bool) -> Iterator[Letter | Unread]:
    for entry in sorted(path.iterdir()):
        if not entry.name.startswith(".") and not entry.is_symlink():
            yield from letters(entry, largest, sent=sent)


def _maildir(path: Path, largest: int, sent: bool) -> Iterator[Letter | Unread]:
    """Yield the mails of all folders but drafts, trash and junk."""
    for place in maildir_places(path, ["INBOX", "*"]):
        theirs = sent or place.special_use == SENT
        for sight in sorted(maildir_seen(place), key=lambda s: s.key):
            yield from _single(sight.path, largest, theirs)


def _file(path: Path, largest: int, sent: bool) -> Iterator[Letter | Unread]:
    if path.name.lower().endswith(_EML):
        yield from _single(path, largest, sent)
        return
    with path.open("rb") as file:
        beginning = file.read(5)
        if beginning == b"From ":
            yield from _mailbox(file, str(path), path.stat().st_size, largest, sent)
        elif beginning[:4] == b"PK\x03\x04":
            yield from _zipped(file, path, largest, sent)
        elif beginning:
            yield Unread(str(path), "it is neither a mailbox file (mbox) nor a mail (.eml) nor a zip of these")


def _single(path: Path, largest: int, sent: bool) -> Iterator[Letter | Unread]:
    try:
        with path.open("rb") as file:
            raw, size = file.read(largest + 1), path.stat().st_size
    except OSError as error:
        yield Unread(str(path), error.strerror or type(error).__name__)
        return
    yield Letter(str(path), raw[:largest], size, sent, cut=size > largest)


def _mailbox(file: BinaryIO, place: str, size: int, largest: int, sent: bool) -> Iterator[Letter]:
    for found in mails(file, 0, size, largest):
        if not is_note(found.raw) and not _is_expunged(found.raw):
            yield Letter(f"{place}#{found.offset}", found.raw, found.size, sent, found.cut)


def _zipped(file: BinaryIO, path: Path, largest: int, sent: bool) -> Iterator[Letter | Unread]:
    with zipfile.ZipFile(file) as archive:
        for member in archive.infolist()[:_MOST_MEMBERS]:
            if member.is_dir():
                continue
            place = f"{path}!{member.filename}"
            try:
                with archive.open(member) as inside:
                    theirs = sent or _is_sent(Path(member.filename).stem)
                    yield from _member(cast("BinaryIO", inside), place, member.file_size, largest, theirs)
            except (RuntimeError, NotImplementedError, zipfile.BadZipFile, Unavailable) as error:
                yield Unread(place, "it is encrypted or broken" if not isinstance(error, Unavailable) else str(error))


def _member(file: BinaryIO, place: str, size: int, largest: int, sent: bool) -> Iterator[Letter | Unread]:
    if place.lower().endswith(_EML):
        raw = file.read(largest + 1)
        yield Letter(place, raw[:largest], size, sent, cut=len(raw) > largest)
    elif file.read(5) == b"From ":
        yield from _mailbox(file, place, size, largest, sent)
    else:
        yield Unread(place, "it is neither a mailbox file (mbox) nor a mail (.eml)")


def _is_expunged(raw: bytes) -> bool:
    status = _STATUS.search(raw[:4_000])
    return status is not None and bool(int(status[1], 16) & _EXPUNGED)


def _is_sent(name: str) -> bool:
    """Return whether a file is called what mail programs call the folder of sent mail."""
    return any(folder.special_use == SENT for folder in chosen([Listed(name, frozenset(), "/")], None).folders)
