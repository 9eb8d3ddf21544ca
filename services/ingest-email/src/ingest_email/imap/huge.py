"""Mails that are too large to fetch: their headers and texts as the server has parted them, without the files.

The parts are put together again as a mail (RFC 2045), so that one reader reads all mails; in the place of a file's
content stands a header of ours that says how long it is.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ingest_email.imap.careful import gathered
from ingest_email.imap.fetched import Fetched, failed, fetched
from ingest_email.imap.mailbox import Mailbox
from ingest_email.imap.questions import Head, sections, structure
from ingest_email.imap.trouble import Refused
from ingest_email.reading.left_out import OCTETS

HEADER_BYTES = 256 * 1024
TEXT_BYTES = 1024 * 1024
MIME_BYTES = 16 * 1024
_MOST_PARTS = 100
_DEEPEST = 10
_BEGINNING_BYTES = 64 * 1024
_OURS = re.compile(rb"^" + OCTETS + rb":.*\r?\n(?:[ \t].*\r?\n)*", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of a mail as BODYSTRUCTURE has it; `number` is how it is asked for (RFC 9051, 6.4.5)."""

    number: str
    media_type: str
    octets: int
    is_file: bool
    boundary: str = ""
    pieces: tuple["Piece", ...] = ()

    def leaves(self) -> Iterator["Piece"]:
        """Yield the parts that hold content, in order."""
        if not self.pieces:
            yield self
        for piece in self.pieces:
            yield from piece.leaves()

    @property
    def is_text(self) -> bool:
        """Return whether it is shown as text."""
        return self.media_type in ("text/plain", "text/html") and not self.is_file


def huge(mailbox: Mailbox, head: Head) -> Fetched:
    """Return a mail's headers and texts, or its beginning where the server cannot part it, or why it cannot be had."""
    found = gathered(mailbox, lambda uids: {uid: _parted(mailbox, uid) for uid in uids}, [head.uid])
    if head.uid in found.answers:
        return fetched(head, found.answers[head.uid], "parts")
    begun = gathered(mailbox, lambda uids: {uid: _beginning(mailbox, uid) for uid in uids}, [head.uid])
    if head.uid in begun.answers:
        return fetched(head, begun.answers[head.uid], "beginning")
    return failed(head.uid, begun.errors.get(head.uid, "it is gone"), head)


def pieces_of(said: Any) -> Piece:
    """Return the parts that a BODYSTRUCTURE tells of; raises Refused for one that cannot be put together again."""
    return _piece(said, "", _DEEPEST)


def joined(root: Piece, came: dict[bytes, bytes]) -> bytes:
    """Return the mail that its parts make."""
    return _header(root, came.get(b"HEADER", b"")) + _content(root, came)


def _parted(mailbox: Mailbox, uid: int) -> bytes:
    root = pieces_of(structure(mailbox, uid))
    wanted, most = list(_wanted(root)), HEADER_BYTES
    for piece in root.leaves():
        most += MIME_BYTES + (min(piece.octets, TEXT_BYTES) if piece.is_text else 0)
    came = sections(mailbox, uid, wanted, 2 * most)
    if b"HEADER" not in came:
        raise Refused("the server has this mail and does not hand it over")
    return joined(root, came)


def _beginning(mailbox: Mailbox, uid: int) -> bytes:
    wanted = [f"BODY.PEEK[HEADER]<0.{HEADER_BYTES}>", f"BODY.PEEK[TEXT]<0.{_BEGINNING_BYTES}>"]
    came = sections(mailbox, uid, wanted, 2 * (HEADER_BYTES + _BEGINNING_BYTES))
    if b"HEADER" not in came:
        raise Refused("the server has this mail and does not hand it over")
    return _OURS.sub(b"", came[b"HEADER"]) + came.get(b"TEXT", b"")


def _wanted(root: Piece) -> Iterator[str]:
    yield f"BODY.PEEK[HEADER]<0.{HEADER_BYTES}>"
    for piece in _all(root):
        if piece.number:
            yield f"BODY.PEEK[{piece.number}.MIME]<0.{MIME_BYTES}>"
    for piece in root.leaves():
        if piece.is_text:
            yield f"BODY.PEEK[{piece.number or '1'}]<0.{TEXT_BYTES}>"


def _all(piece: Piece) -> Iterator[Piece]:
    yield piece
    for inner in piece.pieces:
        yield from _all(inner)


def _content(piece: Piece, came: dict[bytes, bytes]) -> bytes:
    if not piece.pieces:
        return came.get((piece.number or "1").encode(), b"")
    line = b"--" + piece.boundary.encode("utf-8", "replace")
    parts = [line + b"\r\n" + _part(inner, came) for inner in piece.pieces]
    return b"\r\n".join([*parts, line + b"--\r\n"])


def _part(piece: Piece, came: dict[bytes, bytes]) -> bytes:
    return _header(piece, came.get(f"{piece.number}.MIME".encode(), b"")) + _content(piece, came)


def _header(piece: Piece, written: bytes) -> bytes:
    """Return a part's header block, in which nobody but we says what was not fetched."""
    lines = _OURS.sub(b"", written).strip(b"\r\n")
    ours = b"" if piece.pieces or piece.is_text else OCTETS + b": %d\r\n" % piece.octets
    return (lines + b"\r\n" if lines else b"") + ours + b"\r\n"


def _piece(said: Any, number: str, deep: int) -> Piece:
    if deep == 0:
        raise Refused("its parts are too deep")
    if isinstance(said[0], list):
        inner = said[0][:_MOST_PARTS]
        boundary = _parameter(said[2] if len(said) > 2 else None, b"boundary")
        if not boundary:
            raise Refused("its parts have no boundary")
        named = (f"{number}.{n}" if number else str(n) for n in range(1, len(inner) + 1))
        pieces = tuple(_piece(one, name, deep - 1) for one, name in zip(inner, named, strict=True))
        return Piece(number, f"multipart/{_word(said[1])}", 0, is_file=False, boundary=boundary, pieces=pieces)
    media_type = f"{_word(said[0])}/{_word(said[1])}"
    octets = said[6] if isinstance(said[6], int) else 0
    return Piece(number, media_type, octets, is_file=_is_file(said, media_type))


def _is_file(said: Sequence[Any], media_type: str) -> bool:
    """Return whether a part is a file: declared an attachment, or with a name."""
    at = 9 if media_type.startswith("text/") else 11 if media_type == "message/rfc822" else 8
    disposition = said[at] if len(said) > at else None
    if isinstance(disposition, tuple) and disposition:
        return _word(disposition[0]) == "attachment" or bool(_parameter(disposition[1], b"filename"))
    return False


def _parameter(pairs: Any, name: bytes) -> str:
    if not isinstance(pairs, tuple):
        return ""
    known = {k.lower(): v for k, v in zip(pairs[::2], pairs[1::2], strict=False) if isinstance(k, bytes)}
    value = known.get(name)
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value or "")


def _word(value: Any) -> str:
    return value.decode("latin-1").lower() if isinstance(value, bytes) else ""
