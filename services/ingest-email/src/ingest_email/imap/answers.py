"""What a server answers to FETCH, read as it comes over imaplib's own readers: nothing is gathered, nothing printed.

imapclient.fetch() holds a whole batch three times over, and cannot have two commands under way.
"""

import imaplib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

_FETCH = re.compile(rb"\* \d+ FETCH ", re.IGNORECASE)
_LITERAL = re.compile(rb"\{(\d{1,12})\}\r\n\Z")
_QUOTED = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_UID = re.compile(rb"[( ]UID (\d{1,10})", re.IGNORECASE)
_SECTION = re.compile(rb'BODY\[([^\]]{0,100})\](?:<\d+>)? (\{\d+\}|"(?:[^"\\]|\\.)*"|NIL)', re.IGNORECASE)
_SIZE = re.compile(rb"RFC822\.SIZE (\d{1,12})", re.IGNORECASE)
_DATE = re.compile(
    rb'INTERNALDATE "([ \d]\d)-([A-Z][a-z]{2})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)"', re.IGNORECASE
)
_MONTHS = {m: n for n, m in enumerate(b"jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_COMPLETED = re.compile(rb"([A-Za-z0-9]+) (OK|NO|BAD)(?: ([^\r\n]*))?", re.IGNORECASE)
_EXISTS = re.compile(rb"\* (\d+) EXISTS", re.IGNORECASE)
_MOST_LITERALS = 64


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of one mail: the words with {n} where each literal stood, and the literals."""

    uid: int | None
    words: bytes
    literals: tuple[bytes, ...]

    def sections(self) -> dict[bytes, bytes]:
        """Return the parts of the mail that came, by what they were asked for as: b"" is all of it."""
        literals = iter(self.literals)
        return {name.upper(): _text(value, literals) for name, value in _SECTION.findall(self.words) if value != b"NIL"}

    def size(self) -> int | None:
        """Return the size that the server states, in bytes."""
        found = _SIZE.search(self.words)
        return int(found[1]) if found else None

    def arrived(self) -> datetime | None:
        """Return when the server got it, in UTC; None where it says nothing that can be."""
        found = _DATE.search(self.words)
        if found is None:
            return None
        day, month, year, hour, minute, second, sign, hours, minutes = found.groups()
        away = timedelta(hours=int(hours), minutes=int(minutes))
        try:
            local = datetime(
                int(year), _MONTHS[month.lower()], int(day), int(hour), int(minute), int(second), tzinfo=UTC
            )
            return local + away if sign == b"-" else local - away
        except (ValueError, KeyError, OverflowError):
            return None


@dataclass(frozen=True, slots=True)
class Completed:
    """The end of one command."""

    tag: bytes
    ok: bool
    said: str


def next_answer(imap: Any, most: int) -> Answer | Completed:
    """Return what comes next; raises abort when the connection ends, or a mail has more than `most` bytes."""
    while True:
        line: bytes = imap.readline()
        if not line.endswith(b"\r\n"):
            raise imaplib.IMAP4.abort("the connection ended within an answer")
        if _FETCH.match(line):
            return _answer(imap, line, most)
        if not line.startswith((b"* ", b"+")):
            return _completed(imap, line)
        _note(imap, line)


def _answer(imap: Any, line: bytes, most: int) -> Answer:
    literals: list[bytes] = []
    words = line
    while literal := _LITERAL.search(line):
        size = int(literal[1])
        most -= size
        if most < 0 or len(literals) == _MOST_LITERALS:
            raise imaplib.IMAP4.abort("the server sends more than it said that there is")
        content = imap.read(size)
        if len(content) < size:
            raise imaplib.IMAP4.abort("the connection ended within a mail")
        literals.append(content)
        line = imap.readline()
        if not line.endswith(b"\r\n"):
            raise imaplib.IMAP4.abort("the connection ended within an answer")
        words += line
    uid = _UID.search(_QUOTED.sub(b'""', words) if b'"' in words else words)
    return Answer(int(uid[1]) if uid else None, words, tuple(literals))


def _completed(imap: Any, line: bytes) -> Completed:
    found = _COMPLETED.match(line)
    if found is None or found[1] not in imap.tagged_commands:
        raise imaplib.IMAP4.abort("the server answers what was not asked")
    del imap.tagged_commands[found[1]]
    return Completed(found[1], found[2].upper() == b"OK", (found[3] or b"").decode("latin-1"))


def _note(imap: Any, line: bytes) -> None:
    """Take notice of what is said beside: that the server leaves; that mail came, which the wait asks imaplib for."""
    if line[2:5].upper() == b"BYE":
        raise imaplib.IMAP4.abort(f"the server said goodbye: {line[5:].decode('latin-1').strip()}")
    if came := _EXISTS.match(line):
        imap.untagged_responses.setdefault("EXISTS", []).append(came[1])


def _text(value: bytes, literals: Iterator[bytes]) -> bytes:
    if value.startswith(b"{"):
        return next(literals, b"")
    return re.sub(rb"\\(.)", rb"\1", value[1:-1], flags=re.DOTALL)
