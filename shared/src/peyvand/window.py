"""What is new in lists that a panel gives again and again: each row, and each change of one, is brought once."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from peyvand.cursors import Cursor
from peyvand.delivery import canonical_json
from peyvand.source import Arrival

Row = Mapping[str, Any]
# So many rows a cursor holds; what comes again beyond them after a restart is stored as a duplicate, and costs no more.
REMEMBERED = 3_000
# So many a running process knows: more than the pages of all lists hold.
KNOWN = 100_000
MOST_PAGES = 50
PAGE = 100


class Seen:
    """The rows that were brought, as short digests, those that came last at the end: what a cursor holds.

    A row that is seen again changes nothing, so that a list without news needs no writing.
    """

    def __init__(self, cursor: Cursor | None) -> None:
        kept = (cursor or {}).get("seen")
        self._known: dict[str, None] = dict.fromkeys(kept if isinstance(kept, list) else [])

    def fresh(self, rows: Iterable[Any]) -> list[tuple[str, Row]]:
        """Return the rows that were not there before, with their digests, and remember them."""
        found = []
        for row in rows:
            digest = hashlib.sha256(canonical_json(row)).hexdigest()[:16]
            if digest not in self._known:
                found.append((digest, row))
                self._known[digest] = None
        for digest in list(self._known)[: len(self._known) - KNOWN] if len(self._known) > KNOWN else ():
            del self._known[digest]
        return found

    @property
    def cursor(self) -> dict[str, Any]:
        """Return what is to be saved once the rows are durable."""
        return {"seen": list(self._known)[-REMEMBERED:]}


def hour(at: datetime) -> datetime:
    """Return the beginning of an hour: a cursor that holds when it was asked last is written no oftener."""
    return at.replace(minute=0, second=0, microsecond=0)


def arrivals(place: str, rows: Sequence[tuple[str, Row]]) -> tuple[Arrival, ...]:
    """Return a delivery per row: one that cannot be read does not keep the others."""
    now = datetime.now(UTC)
    return tuple(Arrival(canonical_json(row), now, f"{place}/{digest}") for digest, row in rows)
