"""The numbered files of a spool, and the one of them that is written to."""

import os
import re
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from peyvand.spool.files import created, write_all
from peyvand.spool.frames import MARK_BYTES, framed

# The mark stands in the name, where no damage to the content reaches it and no sender can guess it.
_NAME = re.compile(rf"(\d{{10}})-([0-9a-f]{{{2 * MARK_BYTES}}})\.spool")


@dataclass(slots=True)
class Segment:
    """One file: how many of its bytes are durable, and how many of its records are not delivered yet."""

    path: Path
    size: int = 0
    records: int = 0
    mark: bytes = field(init=False)
    number: int = field(init=False)

    def __post_init__(self) -> None:
        named = _NAME.fullmatch(self.path.name)
        if named is None:
            raise ValueError(f"{self.path.name} is no segment of a spool")
        self.number, self.mark = int(named[1]), bytes.fromhex(named[2])

    def read(self, start: int) -> bytes:
        """Return what the segment durably holds from a place on; raises OSError."""
        with self.path.open("rb") as file:
            file.seek(start)
            return file.read(self.size - start)


def name_of(number: int) -> str:
    """Return a name for a new segment, with a mark of its own."""
    return f"{number:010d}-{secrets.token_hex(MARK_BYTES)}.spool"


def segments_in(folder: Path) -> list[Segment]:
    """Return a folder's segments in the order of their writing, sizes as the files have them."""
    paths = sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))
    return [Segment(path, path.stat().st_size) for path in paths]


@dataclass(slots=True)
class Tail:
    """The segment that is written to."""

    segment: Segment
    descriptor: int

    @classmethod
    def begun(cls, folder: Path, number: int) -> "Tail":
        """Return a new segment; raises OSError."""
        path = folder / name_of(number)
        return cls(Segment(path), created(path))

    def append(self, payloads: Sequence[bytes]) -> int:
        """Return how many bytes the records took, now that they are durable; raises OSError, and none of them stays."""
        content = b"".join([framed(self.segment.mark, payload) for payload in payloads])
        try:
            write_all(self.descriptor, content)
        except OSError:
            with suppress(OSError):  # what cannot be cut is beyond the size that is read
                os.ftruncate(self.descriptor, self.segment.size)
                os.fsync(self.descriptor)
            raise
        self.segment.size += len(content)
        self.segment.records += len(payloads)
        return len(content)

    def close(self) -> None:
        """Write no more."""
        os.close(self.descriptor)
