"""The mails of a file from a place on; one that is still being written waits until it is whole."""

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ingest_email.mailfile.place import Place
from peyvand.errors import Unavailable

MOST_MAILS = 200
MOST_BYTES = 4 * 1024 * 1024
# "From sara@example.ir Sun Oct  4 08:30:00 2026": a line of a letter that begins with "From " has no time and year.
_POSTMARK = re.compile(rb"From .*\d\d:\d\d.*\d{4}")
# mboxo escapes "From " only, mboxrd also ">From ": taking one sign away undoes both, but for a rare line of mboxo.
_ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)
# the blank line before the next postmark is no part of the letter
_SEPARATOR = re.compile(rb"(\n)\r?\n\Z")
_LINE = 64 * 1024
# The first mail of a file that Pine, Alpine or UW-IMAP keeps is their own note.
_NOTE = b"\nX-IMAP: "


@dataclass(frozen=True, slots=True)
class Found:
    """A mail: where it stands, its bytes without the postmark line, its size, and what tells it from others."""

    offset: int
    end: int
    raw: bytes
    size: int
    cut: bool
    fingerprint: str


class Tail:
    """Reads on from a place; `place` moves with what `read` returns."""

    def __init__(self, path: Path, place: Place, largest: int) -> None:
        self.place = place
        self._path = path
        self._largest = largest
        # the file as it was when its last mail was seen unfinished
        self._unfinished: tuple[int, int, int] | None = None

    def read(self) -> list[Found]:
        """Return the next mails, some at most; raises Unavailable when the file cannot be read."""
        try:
            with self._path.open("rb") as file:
                return self._next(file)
        except FileNotFoundError as error:
            raise Unavailable(f"{self._path} does not exist (yet); check path") from error
        except OSError as error:
            raise Unavailable(f"{self._path} cannot be read: {error.strerror}") from error

    def _next(self, file: BinaryIO) -> list[Found]:
        status = os.fstat(file.fileno())
        if not self.place.fits(file, status.st_size):
            self.place = Place()
        found: list[Found] = []
        size = 0
        for mail in mails(file, self.place.offset, status.st_size, self._largest):
            if mail.end == status.st_size and not self._settled(status, first=not found):
                break
            found.append(mail)
            size += len(mail.raw)
            if len(found) >= MOST_MAILS or size >= MOST_BYTES:
                break
        if found:
            self.place = Place.at(file, found[-1].end, status.st_ino)
        return found

    def _settled(self, status: os.stat_result, *, first: bool) -> bool:
        """Return whether the last mail stands as it stood one poll ago (a poll that brings mails does not count)."""
        seen = (status.st_ino, status.st_size, status.st_mtime_ns)
        settled = self._unfinished == seen
        self._unfinished = seen if first else None
        return settled


def mails(file: BinaryIO, offset: int, size: int, largest: int) -> Iterator[Found]:
    """Yield the mails of a file between an offset and its size; raises Unavailable when it is no mailbox file."""
    start, blank, held = -1, True, _Held(largest)
    for at, line, begins in _lines(file, offset, size):
        if begins and blank and _POSTMARK.match(line):
            if start >= 0:
                yield held.found(start, at)
            start, held = at, _Held(largest)
        elif start >= 0:
            held.add(line)
        elif at == 0 and line.strip():
            raise Unavailable(f"{file.name} is no mailbox file: it does not begin with a line like 'From …'", 300)
        if begins:
            blank = line in (b"\n", b"\r\n")
    if start >= 0:
        yield held.found(start, size)


def is_note(raw: bytes) -> bool:
    """Return whether a mail is one that a mail program wrote to itself."""
    return _NOTE in raw[:2_000] and b"FOLDER INTERNAL DATA" in raw[:2_000]


class _Held:
    """The lines of one mail, as many as we keep."""

    def __init__(self, largest: int) -> None:
        self._lines: list[bytes] = []
        self._largest = largest
        self._size = 0

    def add(self, line: bytes) -> None:
        if self._size + len(line) <= self._largest:
            self._lines.append(line)
        self._size += len(line)

    def found(self, start: int, end: int) -> Found:
        raw = b"".join(self._lines)
        fingerprint, cut = hashlib.sha256(raw).hexdigest()[:16], self._size > len(raw)
        letter = _ESCAPED.sub(rb"\1", _SEPARATOR.sub(rb"\1", raw))
        return Found(start, end, letter, self._size, cut, fingerprint)


def _lines(file: BinaryIO, offset: int, size: int) -> Iterator[tuple[int, bytes, bool]]:
    """Yield lines with where they begin; a very long line comes in pieces, of which only the first `begins` it."""
    file.seek(offset)
    at, begins = offset, True
    while at < size:
        line = file.readline(min(_LINE, size - at))
        if not line:
            return
        yield at, line, begins
        at += len(line)
        begins = line.endswith(b"\n")
