"""Remembering partners' requests, and what is durable by them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Update, and_, bindparam, delete, select, update

from peyvand.register import REMEMBERED, Claim, Noted, Row
from timeline.store.statements import insert_all, table, write
from timeline.store.tables import PartnerEventRow, PartnerRequestRow

KNOWN, REQUEST = table(PartnerEventRow), table(PartnerRequestRow)
K, R = KNOWN.c, REQUEST.c
_SAID = ("id", "at", "key", "method", "status", "why", "events")
_SETTLED = ("of_connector", "of_id", "of_delivery")


@dataclass(frozen=True, slots=True)
class Note:
    """One request, and what is durable by it."""

    connector: str
    noted: Noted
    durable: Sequence[Claim]

    def __len__(self) -> int:
        return 1 + len(self.durable)


def remembered(connection: Connection, brought: Sequence[Note]) -> list[None]:
    """Remember several requests, and what is durable by them."""
    settled = [(each.connector, claim.id, claim.delivery_id) for each in brought for claim in each.durable]
    if settled:
        rows = [dict(zip(_SETTLED, of_one, strict=True)) for of_one in sorted(settled)]
        connection.execute(_settling(), rows)
    adding = insert_all(connection.dialect.name, PartnerRequestRow)
    write(connection, adding, [_row(each) for each in brought])
    for connector, key in sorted({(each.connector, each.noted.key) for each in brought}):
        _forget(connection, connector, key)
    return [None] * len(brought)


@cache
def _settling() -> Update:
    wanted = zip((K.connector, K.id, K.delivery_id), _SETTLED, strict=True)
    return update(KNOWN).where(*(column == bindparam(given) for column, given in wanted)).values(durable=True)


def _forget(connection: Connection, connector: str, key: str) -> None:
    own = and_(R.connector == connector, R.key == key)
    oldest = select(R.id).where(own).order_by(R.id.desc()).offset(REMEMBERED - 1).limit(1).scalar_subquery()
    connection.execute(delete(REQUEST).where(own, R.id < oldest))


def _row(note: Note) -> dict[str, Any]:
    said = {name: getattr(note.noted, name) for name in _SAID}
    return {**said, "connector": note.connector, "rows": [asdict(row) for row in note.noted.rows]}


def noted_of(row: Mapping[Any, Any]) -> Noted:
    """Return the request that a row of the table tells of."""
    said = {name: row[name] for name in _SAID}
    return Noted(**said, rows=tuple(Row(**told) for told in row["rows"]))
