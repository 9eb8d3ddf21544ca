"""What the product writes for one reading, row by row, with places where the ids, the time and the person go.

The product itself records each reading of `shapes` in a small store; the rows that it wrote are the moulds. Pouring
another person's values into them gives the rows of another interaction, without normalising, folding and encoding
it again: the only way to come to ten million of them.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from operator import itemgetter
from typing import Any
from uuid import UUID

from benchmarks.marks import Marks, marks_of, template
from peyvand.publish import Reading
from timeline.folds.identity import Evidence, evidence_of
from timeline.folds.interaction import fold
from timeline.store.contents import packed, unpacked
from timeline.store.saving import searchable
from timeline.store.tables import metadata

Values = dict[str, Any]
Cells = Callable[[Values], tuple[Any, ...]]
Row = tuple[str, dict[str, Any]]  # and its table

PACKED = {"delivery.body", "event.content"}
COUNTED = {"change.id"}  # by the database
GIVEN = {"interaction.seq": "seq", "change.txid": "txid"}  # what is told apart by these, the database decides
WORDS = "interaction_words"
EVIDENCE = tuple(f.name for f in fields(Evidence))
COLUMNS = {
    WORDS: ("rowid", "words"),
    **{t.name: tuple(c.name for c in t.c if f"{t.name}.{c.name}" not in COUNTED) for t in metadata.sorted_tables},
}


@dataclass(slots=True)
class Mould:
    """The rows of one reading: `contents` are texts to be filled in, `rows` pick a row's cells out of the values."""

    constants: Values = field(default_factory=dict)
    contents: dict[str, str] = field(default_factory=dict)
    rows: list[tuple[str, Cells]] = field(default_factory=list)
    evidence: list[Cells] = field(default_factory=list)

    def pour(self, values: Values) -> Iterator[tuple[str, tuple[Any, ...]]]:
        """Yield the rows of one interaction by their tables; `values` is filled up."""
        values.update(self.constants)
        for name, text in self.contents.items():
            filled = text % values
            values[name] = filled if name == WORDS else packed(filled.encode()) if name in PACKED else filled.encode()
        for name, cells in self.rows:
            yield name, cells(values)

    def said(self, values: Values) -> Iterator[Evidence]:
        """Yield what an interaction that has been poured says of who is who."""
        for cells in self.evidence:
            yield Evidence(*cells(values))

    def press(self, reading: Reading, key: str, organisation: UUID, rows: Iterable[Row]) -> None:
        """Take the form of a reading and of its rows."""
        [event] = reading.events
        marks = marks_of(reading, key, organisation)
        self.rows = [(table, self._cells(marks, table, row)) for table, row in rows]
        if words := searchable(fold([event])):
            self.rows.append((WORDS, itemgetter("seq", WORDS)))
            self.contents[WORDS] = template(words, marks)
        for said in evidence_of(organisation, event):
            self.evidence.append(self._cells(marks, "said", {name: getattr(said, name) for name in EVIDENCE}))

    def _cells(self, marks: Marks, table: str, row: Mapping[str, Any]) -> Cells:
        named = {f"{table}.{column}": cell for column, cell in row.items()}
        return itemgetter(*(self._place(marks, name, cell) for name, cell in named.items() if name not in COUNTED))

    def _place(self, marks: Marks, name: str, cell: Any) -> str:
        """Return under which name the values hold a cell."""
        if name in GIVEN:
            return GIVEN[name]
        if isinstance(cell, bytes):
            self.contents[name] = template((unpacked(cell) if name in PACKED else cell).decode(), marks)
            return name
        if isinstance(cell, UUID | datetime | str) and cell in marks:
            return marks[cell]
        place = f"{name} {len(self.constants)}"  # two rows of one table differ
        self.constants[place] = json.dumps(cell) if isinstance(cell, dict) else cell
        return place
