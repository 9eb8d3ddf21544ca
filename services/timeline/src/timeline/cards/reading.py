"""One row of a table as a card, or the reason why it is none."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from peyvand.identity import Handle, Organisation, Proof, handle, latin_digits, withheld
from peyvand.identity.writing import without_unseen
from timeline.cards.cells import READ, Misread
from timeline.cards.columns import SEVERAL, Columns
from timeline.folds.identity.evidence import NAME_LIMIT
from timeline.ledger import Card

LONGEST_KEY = 200
_WHOLE = re.compile(r"(\d+)\.0+\Z")


@dataclass(frozen=True, slots=True)
class Row:
    """A row under its number in the file, the headings being row 1 or whatever they are in."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """A row that is a card; `misread` are values that it goes without."""

    row: int
    card: Card
    misread: tuple[Misread, ...] = ()

    @property
    def reachable(self) -> bool:
        """Return whether it brings more than the id in the other system."""
        return len(self.card.handles) > 1


@dataclass(frozen=True, slots=True)
class Unread:
    """A row that is no card, and why."""

    row: int
    why: str


@dataclass(slots=True)
class Reader:
    """Reads the rows of one table; remembers the keys, for one that stands twice would hide what was first."""

    organisation: Organisation
    source: str
    columns: Columns
    at: datetime
    _keys: dict[str, int] = field(default_factory=dict)

    def read(self, row: Row) -> Reading | Unread:
        """Return what a row says."""
        if any(row.cells[len(self.columns.headings) :]):
            wide, headed = len(row.cells), len(self.columns.headings)
            return Unread(row.number, f"it has {wide} cells where the headings have {headed}")
        key = _WHOLE.sub(r"\1", latin_digits(without_unseen(self._one(row, "id"))))
        if why := self._wrong(key):
            return Unread(row.number, why)
        found, name = list(self._handles(row)), self._name(row)
        reading = Reading(row.number, self._card(key, name, found), tuple(f for f in found if isinstance(f, Misread)))
        if not name and not reading.reachable:
            return Unread(row.number, "it has neither a name nor anything to be reached under")
        self._keys[key] = row.number
        return reading

    def _wrong(self, key: str) -> str | None:
        heading = self.columns.headed("id")[0]
        if not key:
            return f"it has no id (in {heading})"
        if key in self._keys:
            return f"its id {key} stands in row {self._keys[key]} already"
        if not key.strip("0-") or withheld(key):
            return f"its {heading} says that there is none: {key}"
        return f"its {heading} has more than {LONGEST_KEY} letters" if len(key) > LONGEST_KEY else None

    def _card(self, key: str, name: str | None, found: Sequence[Handle | Misread]) -> Card:
        own = handle("crm", key, scope=self.source, proof=Proof.VIA)
        known = {h.key: h for h in (own, *(f for f in found if isinstance(f, Handle)))}
        return Card(self.source, key, name, tuple(known.values()), self.at)

    def _handles(self, row: Row) -> Iterator[Handle | Misread]:
        for kind in SEVERAL:
            for cell in self._cells(row, kind):
                for found in READ[kind](cell, self.organisation.region):
                    if isinstance(found, Handle) and self.organisation.owns(found):
                        yield Misread(found.written, "is ours (organisation: or people: in peyvand.yaml)")
                    else:
                        yield found

    def _name(self, row: Row) -> str | None:
        parts = (self._one(row, "first"), self._one(row, "last"))
        whole = self._one(row, "name") or " ".join(p for p in parts if p) or self._one(row, "company")
        return whole[:NAME_LIMIT] or None

    def _one(self, row: Row, field_: str) -> str:
        return next((" ".join(cell.split()) for cell in self._cells(row, field_)), "")

    def _cells(self, row: Row, field_: str) -> list[str]:
        return [row.cells[p] for p in self.columns.places.get(field_, ()) if p < len(row.cells) and row.cells[p]]
