"""A CDR file as a telephone system writes and rotates it, and one who reads it as it grows."""

import json
import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from ingest_phone.tail import Place, Step, look

START = datetime(2026, 10, 3, 10, 0)  # noqa: DTZ001 - the file has local times


def row(number: int, name: str = "") -> bytes:
    """Return the n-th call's row in the layout of 18 columns."""
    begin = START + timedelta(seconds=number)
    answer, end = begin + timedelta(seconds=4), begin + timedelta(seconds=34)
    epoch = 1_791_009_000 + number
    return (
        f'"","09121112233","201","from-did-direct","""{name}"" <09121112233>","SIP/shatel-{number:08x}",'
        f'"SIP/201-{number:08x}","Dial","SIP/201,15,tr","{begin}","{answer}","{end}",34,30,"ANSWERED","DOCUMENTATION",'
        f'"{epoch}.{number}",""\n'
    ).encode()


def rows(first: int, last: int) -> list[bytes]:
    """Return rows as they arrive: without their line ends."""
    return [row(n).rstrip(b"\n") for n in range(first, last + 1)]


@dataclass
class CdrFile:
    """A file that is appended to and rotated; each write is a second later than the one before."""

    path: Path
    written_at: int = 1_791_000_000
    rotated: int = 0

    def append(self, *content: bytes) -> None:
        with self.path.open("ab") as opened:
            opened.write(b"".join(content))
        self._tick(self.path)

    def append_rows(self, first: int, last: int) -> None:
        self.append(*(row(n) for n in range(first, last + 1)))

    def rename(self, name: str | None = None) -> Path:
        """Rotate as logrotate does without copytruncate; the next row makes the new file."""
        self.rotated += 1
        return self.path.rename(self.path.with_name(name or f"{self.path.name}.{self.rotated}"))

    def copy(self) -> Path:
        """Do the first half of copytruncate."""
        self.rotated += 1
        copied = self.path.with_name(f"{self.path.name}.{self.rotated}")
        copied.write_bytes(self.path.read_bytes())
        self._tick(copied)
        return copied

    def truncate(self) -> None:
        self.path.write_bytes(b"")
        self._tick(self.path)

    def _tick(self, path: Path) -> None:
        self.written_at += 1
        os.utime(path, (self.written_at, self.written_at))


@dataclass
class Reader:
    """Looks at a file again and again, and keeps its place as a cursor does: in JSON."""

    path: Path
    saved: str | None = None
    seen: list[str] = field(default_factory=list)

    def look(self, *, settled: bool = False) -> Step:
        place = Place.of(json.loads(self.saved)) if self.saved else None
        step = look(self.path, place, settled=settled)
        self.saved = json.dumps(step.place.cursor())
        self.seen += [f"{step.generation}:{r.offset}" for r in step.records]
        return step

    def once(self) -> list[bytes]:
        """Return what one look brings; a file that is not there in the middle of a rotation is tried again later."""
        try:
            return [r.body for r in self.look().records]
        except FileNotFoundError:
            return []

    def new(self) -> list[bytes]:
        """Return all rows until two looks in a row bring nothing."""
        found: list[bytes] = []
        quiet = 0
        while quiet < 2:
            before = self.saved
            try:
                step = self.look(settled=quiet > 0)
            except FileNotFoundError:
                break
            found += [r.body for r in step.records]
            quiet = 0 if step.records or self.saved != before else quiet + 1
        return found
