"""Following a file that only grows, through rotation, truncation and restart.

A file is known by what stands in it, not by its inode (which a new file may get again) nor by its name: its generation
is the digest of its first record, and reading goes on only where the bytes before the offset are those that were read.
So a renamed file, a copy and a file moved to another disk are one generation; a new file under the old name is not.
"""

import hashlib
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from ingest_phone.records import LONGEST, Record, records

log = logging.getLogger("ingest_phone.tail")

MOST_ROWS = 500
_CHUNK = 256 * 1024
_BEFORE = 256  # so many bytes before the offset must still be there
_COMPRESSED = (".gz", ".bz2", ".xz", ".zst", ".zip", ".lz4")


@dataclass(frozen=True, slots=True)
class Place:
    """How far reading has come; without a generation, at the start of the next file after (modified, inode)."""

    generation: str = ""
    offset: int = 0
    before: str = ""
    modified: int = 0
    inode: int = 0

    def cursor(self) -> dict[str, Any]:
        """Return the place as JSON."""
        return asdict(self)

    @classmethod
    def of(cls, cursor: Mapping[str, Any]) -> "Place":
        """Return the place that a cursor names."""
        return cls(**{f.name: cursor[f.name] for f in fields(cls) if f.name in cursor})


@dataclass(frozen=True, slots=True)
class Step:
    """What one look brought; no records and an unchanged place mean that there is nothing new."""

    generation: str
    records: tuple[Record, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class _File:
    opened: BinaryIO
    modified: int
    inode: int


def look(path: Path, place: Place | None, *, settled: bool) -> Step:
    """Return at most MOST_ROWS records after a place, and the place after them; raises OSError.

    `settled` says that the look before found nothing. Only then is a rotated file left for the next one, so that a row
    whose writing began before the rotation is not missed.
    """
    # The file is opened before the folder is listed: whichever moment it is renamed at, it is seen in one of the two.
    with _opening(path) as live:
        if place is None:
            # Just before the file itself (no inode is 0): what was rotated before we came is left alone.
            place = Place(modified=_there(live, path).modified)
        if not place.generation:
            return _begin(path, live, place, settled)
        if live is not None and _holds(live, place):
            return _read(live, place, final=False)
        return _go_on(path, live, place, settled)


def _begin(path: Path, live: _File | None, place: Place, settled: bool) -> Step:
    """Return the first records of the oldest rotated file that was not read yet, or else of the file itself."""
    following = next(
        (p for age, p in _rotated(path) if age > (place.modified, place.inode) and _older(age, live)), None
    )
    if following is None:
        return _read(_there(live, path), place, final=False)
    with _opening(following) as file:
        return _read(file, place, final=settled) if file else Step("", (), place)


def _older(age: tuple[int, int], live: _File | None) -> bool:
    """Return whether a file may have been rotated away from the living one: a later one is somebody's copy."""
    return live is None or (age[0] <= live.modified and age[1] != live.inode)


def _go_on(path: Path, live: _File | None, place: Place, settled: bool) -> Step:
    """Return what is left in the file that was rotated away, found by what stands in it."""
    rotated = _rotated(path)
    refused: PermissionError | None = None
    for age, candidate in sorted(rotated, key=lambda r: (r[0][1] != place.inode, r[0])):
        try:
            with _opening(candidate) as file:
                if file and _holds(file, place):
                    return _read(file, place, final=settled and (live is not None or age < rotated[-1][0]))
        except PermissionError as error:
            refused = error
    if refused:
        raise refused
    _there(live, path)
    log.warning("%s was rotated away before it was read to its end; rows after %d are missing", path, place.offset)
    return Step("", (), Place(modified=place.modified, inode=place.inode))


def _read(file: _File, place: Place, *, final: bool) -> Step:
    file.opened.seek(place.offset)
    chunk = file.opened.read(_CHUNK)
    found = tuple(islice(records(chunk, place.offset), MOST_ROWS))
    if found:
        named = place.generation or generation(found[0].body)
        end = found[-1].end
        return Step(named, found, Place(named, end, _before(file.opened, end), file.modified, file.inode))
    if not final:
        return Step(place.generation, (), place)
    rest = tuple(records(chunk, place.offset, final=True))
    named = place.generation or generation(rest[0].body if rest else b"")
    return Step(named, rest, Place(modified=file.modified, inode=file.inode))


def generation(first: bytes) -> str:
    """Return the name of the generation that begins with this record."""
    return hashlib.sha256(first).hexdigest()[:16]


def _holds(file: _File, place: Place) -> bool:
    """Return whether a file is the one that was read as far as the place."""
    file.opened.seek(0)
    first = next(records(file.opened.read(LONGEST)), None)
    same = first is not None and generation(first.body) == place.generation
    return same and _before(file.opened, place.offset) == place.before


def _before(opened: BinaryIO, offset: int) -> str:
    begin = max(0, offset - _BEFORE)
    opened.seek(begin)
    return hashlib.sha256(opened.read(offset - begin)).hexdigest()[:16]


def _rotated(path: Path) -> list[tuple[tuple[int, int], Path]]:
    """Return the files beside it that it may have been renamed or copied to (Master.csv.1, Master-20260101.csv)."""
    with os.scandir(path.parent) as entries:
        beside = [e for e in entries if e.name.startswith(path.stem) and e.name != path.name and e.is_file()]
    plain = [(e.stat(), path.parent / e.name) for e in beside if not e.name.endswith(_COMPRESSED)]
    return sorted(((status.st_mtime_ns, status.st_ino), name) for status, name in plain)


@contextmanager
def _opening(path: Path) -> Iterator[_File | None]:
    """Open a file, None when it is not there."""
    try:
        opened = path.open("rb")
    except FileNotFoundError:
        yield None
        return
    with opened:
        status = os.fstat(opened.fileno())
        yield _File(opened, status.st_mtime_ns, status.st_ino)


def _there(live: _File | None, path: Path) -> _File:
    if live is None:
        raise FileNotFoundError(path)
    return live
