"""How far a mailbox file has been read, and how to know the file again."""

import hashlib
from dataclasses import asdict, dataclass
from typing import BinaryIO

from peyvand.cursors import Cursor

_START = 1024
_LAST = 256


@dataclass(frozen=True, slots=True)
class Place:
    """An offset, and fingerprints of the file's start and of what stands before the offset."""

    offset: int = 0
    inode: int = 0
    start: str = ""
    last: str = ""

    @staticmethod
    def of(cursor: Cursor | None) -> "Place":
        """Return the place that a cursor keeps."""
        return Place(**cursor) if cursor else Place()

    @staticmethod
    def at(file: BinaryIO, offset: int, inode: int) -> "Place":
        """Return the place at an offset of a file."""
        return Place(offset, inode, _print(file, 0, min(_START, offset)), _before(file, offset))

    def cursor(self) -> Cursor:
        """Return the place as a cursor."""
        return asdict(self)

    def fits(self, file: BinaryIO, size: int) -> bool:
        """Return whether a file is the one that was read, and has only grown since.

        The content decides, not the inode: programs that tidy up write a copy and rename it, and a number that was
        freed is given to the next file.
        """
        if self.offset > size:
            return False
        known = _print(file, 0, min(_START, self.offset)) == self.start and _before(file, self.offset) == self.last
        return self.offset == 0 or known


def _before(file: BinaryIO, offset: int) -> str:
    return _print(file, max(0, offset - _LAST), min(_LAST, offset))


def _print(file: BinaryIO, at: int, length: int) -> str:
    file.seek(at)
    return hashlib.sha256(file.read(length)).hexdigest()[:32]
