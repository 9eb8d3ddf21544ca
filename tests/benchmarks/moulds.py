"""What the product writes for one reading, row by row, with places where the ids, the time and the person go.

The product itself records each reading of `shapes` in a small store; the rows that it wrote are the moulds. Pouring
another person's values into them gives the rows of another interaction, without normalising, folding and encoding
it again: the only way to come to ten million of them.
"""

import json
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from benchmarks import shapes
from making import START
from peyvand.identity import Organisation
from peyvand.publish import Reading
from timeline.folds.identity import Evidence, evidence_of, handle_id
from timeline.folds.interaction import fold
from timeline.record import record
from timeline.store import SqlStore, open_database
from timeline.store.contents import packed, unpacked
from timeline.store.saving import searchable
from timeline.store.tables import metadata

Values = dict[str, Any]
Cells = Callable[[Values], tuple[Any, ...]]
Marks = Mapping[UUID | datetime | str, str]  # what stands in the reading, and the value that goes there
Row = tuple[str, dict[str, Any]]  # and its table

IDENTITY = {"handle", "link", "handle_name"}  # follow from all evidence together
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
        marks = _marks(reading, key, organisation)
        self.rows = [(table, self._cells(marks, table, row)) for table, row in rows]
        if words := searchable(fold([event])):
            self.rows.append((WORDS, itemgetter("seq", WORDS)))
            self.contents[WORDS] = _template(words, marks)
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
            self.contents[name] = _template((unpacked(cell) if name in PACKED else cell).decode(), marks)
            return name
        if isinstance(cell, UUID | datetime | str) and cell in marks:
            return marks[cell]
        place = f"{name} {len(self.constants)}"  # two rows of one table differ
        self.constants[place] = json.dumps(cell) if isinstance(cell, dict) else cell
        return place


async def moulds(organisation: Organisation) -> Mapping[str, list[Mould]]:
    """Return the moulds of each shape."""
    readings = list(shapes.readings())
    with tempfile.TemporaryDirectory() as folder:
        database = await open_database(f"sqlite:///{folder}/moulds.db")
        await record([reading for _, _, reading in readings], SqlStore(database, organisation.id))
        rows = await database.read(_rows)
        await database.close()
    made: dict[str, list[Mould]] = {}
    for shape, key, reading in readings:
        [event] = reading.events
        theirs = [row for i in (event.event_id, event.interaction_id, event.delivery_id) for row in rows[i]]
        made.setdefault(shape, []).append(mould := Mould())
        mould.press(reading, key, organisation.id, {id(row): row for row in theirs}.values())
    return made


def _rows(connection: Connection) -> dict[UUID, list[Row]]:
    """Return the rows of the record, and of what follows from one interaction alone, by each id in them."""
    found: defaultdict[UUID, list[Row]] = defaultdict(list)
    for table in metadata.sorted_tables:
        if table.name not in IDENTITY:
            for row in connection.execute(select(table)).mappings():
                one = (table.name, dict(row))
                for i in {cell for cell in row.values() if isinstance(cell, UUID)}:
                    found[i].append(one)
    return found


def _marks(reading: Reading, key: str, organisation: UUID) -> Marks:
    [event] = reading.events
    kinds = {"phone": shapes.PHONE, "email": shapes.EMAIL, "telegram": shapes.TELEGRAM}
    return {
        event.event_id: "event", event.interaction_id: "interaction", event.delivery_id: "delivery",
        START: "at", event.received_at: "received",
        **{handle_id(organisation, kind, "", mark): f"{kind}_id" for kind, mark in kinds.items()},
        **{mark: kind for kind, mark in kinds.items()},
        shapes.WRITTEN: "written", shapes.NAME: "name", shapes.NUMBER: "number", shapes.KEY: "key", key: "key",
    }  # fmt: skip


def _template(text: str, marks: Marks) -> str:
    """Return a text with places for %; times stand in it as in JSON."""
    text = text.replace("%", "%%")
    for mark, name in marks.items():
        if isinstance(mark, datetime):
            text = text.replace(f"{mark:%Y-%m-%dT%H:%M:%SZ}", f"%({name}_text)s")
        else:
            text = text.replace(str(mark), f"%({name})s")
    return text
