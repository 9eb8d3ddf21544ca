"""Moulds are pressed from what the product writes when it records the readings of all shapes in a small store."""

import tempfile
from collections import defaultdict
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Connection, select

from benchmarks import shapes
from benchmarks.moulds import Mould, Row
from peyvand.identity import Organisation
from timeline.record import record
from timeline.store import SqlStore, open_database
from timeline.store.tables import metadata

IDENTITY = {"handle", "link", "handle_name"}  # follow from all evidence together


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
