"""The folder into which FreeSWITCH writes what it could not post: each file once, all left where they are.

The place is when a file came there by its inode's change time (ctime), which a copy cannot carry over from elsewhere:
files that are brought after an outage with their old dates are new here. A file that is touched is read again, which
changes nothing.
"""

import hashlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from peyvand.cursors import Cursor
from peyvand.source import Arrival

_ENDINGS = (".cdr.json", ".cdr.xml")
_MOST_FILES = 100
_LONGEST = 5 * 1024 * 1024
_WRITTEN_OUT_NS = 2_000_000_000  # FreeSWITCH writes under the final name: a file so young may be half there


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """The last file that was read: when it came, in nanoseconds, and its path below the folder."""

    changed: int = 0
    name: str = ""

    def cursor(self) -> Cursor:
        """Return the place as JSON."""
        return {"changed": self.changed, "name": self.name}

    @classmethod
    def of(cls, cursor: Cursor | None) -> "Place":
        """Return the place that a cursor names."""
        return cls(cursor["changed"], cursor["name"]) if cursor else cls()


def look(folder: Path, place: Place) -> tuple[tuple[Arrival, ...], Place]:
    """Return the files that came after a place, oldest first and not too many, and the place after them.

    Raises OSError.
    """
    new = sorted(one for one in files(folder) if one > place)[:_MOST_FILES]
    return tuple(_arrival(folder / one.name) for one in new), new[-1] if new else place


def files(folder: Path) -> Iterator[Place]:
    """Yield the records below a folder that are written out; FreeSWITCH may make a folder a day. Raises OSError."""
    latest = time.time_ns() - _WRITTEN_OUT_NS
    for path, _, names in os.walk(folder, onerror=_raise):
        for name in names:
            changed = (Path(path) / name).stat().st_ctime_ns if name.endswith(_ENDINGS) else latest
            if changed < latest:
                yield Place(changed, (Path(path) / name).relative_to(folder).as_posix())


def _arrival(path: Path) -> Arrival:
    with path.open("rb") as opened:
        body = opened.read(_LONGEST)
    url = f"{path.absolute().as_uri()}#{hashlib.sha256(body).hexdigest()[:16]}"
    return Arrival(body=body, received_at=datetime.now(UTC), url=url)


def _raise(error: OSError) -> None:
    raise error
