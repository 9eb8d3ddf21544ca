"""What partners' own ids stand for, and their requests, beside the timeline."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, case, delete, select, update
from sqlalchemy.sql.dml import ReturningInsert

from peyvand.register import REMEMBERED, Claim, Fate, Noted, Row, Standing, waves
from timeline.store.database import Database
from timeline.store.statements import insert_all, table, upsert, write
from timeline.store.tables import DeliveryRow, PartnerEventRow, PartnerRequestRow

KNOWN, REQUEST, DELIVERY = table(PartnerEventRow), table(PartnerRequestRow), table(DeliveryRow).c
K, R = KNOWN.c, REQUEST.c
_CONTENT = ("digest", "event_id", "delivery_id", "received_at")


@cache
def _claiming(dialect: str) -> ReturningInsert[Any]:
    """Return an insert that changes what is there for a higher revision, and locks the row in any case."""

    def changed(new: Any) -> dict[str, Any]:
        higher = new.revision > K.revision
        said = {name: case((higher, new[name]), else_=K[name]) for name in _CONTENT}
        revision = case((higher, new.revision), else_=K.revision)
        return {**said, "revision": revision, "durable": and_(K.durable, ~higher)}

    return upsert(dialect, PartnerEventRow, ["connector", "id"], changed).returning(*K)


class SqlRegister:
    """The register in an SQL database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def claim(self, connector: str, claims: Sequence[Claim]) -> Sequence[Standing]:
        """Claim ids."""
        return await self.database.write(lambda connection: _claimed(connection, connector, claims))

    async def note(self, connector: str, noted: Noted, durable: Sequence[Claim] = ()) -> None:
        """Remember a request, and what is durable."""

        def work(connection: Connection) -> None:
            for claim in durable:
                ours = and_(K.connector == connector, K.id == claim.id, K.delivery_id == claim.delivery_id)
                connection.execute(update(KNOWN).where(ours).values(durable=True))
            adding = insert_all(self.database.dialect, PartnerRequestRow)
            write(connection, adding, [{**asdict(noted), "connector": connector, "rows": _plain(noted.rows)}])
            _forget(connection, connector, noted.key)

        await self.database.write(work)

    async def fate(self, connector: str, own_id: str) -> Fate | None:
        """Return what an id stands for."""
        joined = KNOWN.outerjoin(table(DeliveryRow), DELIVERY.id == K.delivery_id)
        asked = select(KNOWN, DELIVERY.outcome, DELIVERY.why).select_from(joined)
        of_one = asked.where(K.connector == connector, K.id == own_id)
        row = await self.database.read(lambda connection: connection.execute(of_one).mappings().first())
        return None if row is None else Fate(_standing(row), row["outcome"], row["why"])

    async def requests(self, connector: str, key: str | None = None) -> Sequence[Noted]:
        """Return the remembered requests."""
        asked = select(REQUEST).where(R.connector == connector).order_by(R.id.desc())
        chosen = asked if key is None else asked.where(R.key == key)
        rows = await self.database.read(lambda connection: connection.execute(chosen).mappings().all())
        return [_noted(row) for row in rows]


def _claimed(connection: Connection, connector: str, claims: Sequence[Claim]) -> list[Standing]:
    statement = _claiming(connection.dialect.name)
    found: dict[UUID, Standing] = {}
    for wave in waves(claims):
        rows = [{**asdict(claim), "connector": connector, "durable": False} for claim in wave]
        standing = {row["id"]: _standing(row) for row in write(connection, statement, rows).mappings()}
        found.update((claim.delivery_id, standing[claim.id]) for claim in wave)
    return [found[claim.delivery_id] for claim in claims]


def _forget(connection: Connection, connector: str, key: str) -> None:
    own = and_(R.connector == connector, R.key == key)
    oldest = select(R.id).where(own).order_by(R.id.desc()).offset(REMEMBERED - 1).limit(1).scalar_subquery()
    connection.execute(delete(REQUEST).where(own, R.id < oldest))


def _standing(row: Mapping[Any, Any]) -> Standing:
    said = {name: row[name] for name in ("id", "revision", *_CONTENT)}
    return Standing(Claim(**said), bool(row["durable"]))


def _plain(rows: Sequence[Row]) -> list[dict[str, Any]]:
    return [asdict(row) for row in rows]


def _noted(row: Mapping[Any, Any]) -> Noted:
    said = {name: row[name] for name in ("id", "at", "key", "method", "status", "why", "events")}
    return Noted(**said, rows=tuple(Row(**told) for told in row["rows"]))
