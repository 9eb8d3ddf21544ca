"""Rows that say the same: without ids two calls of one second may, and then only their number tells them apart."""

import hashlib

from ingest_phone.calllog.row import Cells, Row
from ingest_phone.calllog.settings import Settings


class Repeats:
    """Counts equal rows of one file; needs some 60 MB for a million rows, and nothing where rows have ids."""

    def __init__(self, settings: Settings) -> None:
        self._counted = not (settings.columns.get("call") or settings.columns.get("leg"))
        self._seen: set[int] = set()
        self._again: dict[int, int] = {}

    def row(self, cells: Cells) -> Row:
        """Return the next row of the file."""
        row = Row.model_construct(cells=tuple(cells), repeat=0)
        if not self._counted:
            return row
        digest = int.from_bytes(hashlib.blake2b(row.body, digest_size=8).digest())
        if digest not in self._seen:
            self._seen.add(digest)
            return row
        self._again[digest] = self._again.get(digest, 0) + 1
        return Row.model_construct(cells=row.cells, repeat=self._again[digest])
