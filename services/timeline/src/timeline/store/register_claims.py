"""Claiming partners' own ids: of contents that race under one id one stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, case
from sqlalchemy.sql.dml import ReturningInsert

from peyvand.register import Claim, Standing, waves
from timeline.store.statements import table, upsert, write
from timeline.store.tables import PartnerEventRow

K = table(PartnerEventRow).c
_CONTENT = ("digest", "event_id", "delivery_id", "received_at")
_SAID = ("id", "revision", *_CONTENT)


@cache
def _claiming(dialect: str) -> ReturningInsert[Any]:
    """Return an insert that changes what is there for a higher revision, and locks the row in any case."""

    def changed(new: Any) -> dict[str, Any]:
        higher = new.revision > K.revision
        said = {name: case((higher, new[name]), else_=K[name]) for name in _CONTENT}
        revision = case((higher, new.revision), else_=K.revision)
        return {**said, "revision": revision, "durable": and_(K.durable, ~higher)}

    return upsert(dialect, PartnerEventRow, ["connector", "id"], changed).returning(*K)


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims of one request."""

    connector: str
    claims: Sequence[Claim]

    def __len__(self) -> int:
        return len(self.claims)


def claimed(connection: Connection, brought: Sequence[Claims]) -> list[list[Standing]]:
    """Claim what several requests bring, of one id in their order."""
    found: dict[UUID, Standing] = {}
    for connector, theirs in groupby(sorted(brought, key=_connector), _connector):
        found |= _claimed_of_one(connection, connector, [claim for each in theirs for claim in each.claims])
    return [[found[claim.delivery_id] for claim in each.claims] for each in brought]


def _claimed_of_one(connection: Connection, connector: str, claims: Sequence[Claim]) -> dict[UUID, Standing]:
    """Return what stands for each claim, by the delivery that it names."""
    statement = _claiming(connection.dialect.name)
    found: dict[UUID, Standing] = {}
    for wave in waves(claims):
        rows = [_row(connector, claim) for claim in wave]
        standing = {row["id"]: standing_of(row) for row in write(connection, statement, rows).mappings()}
        found.update((claim.delivery_id, standing[claim.id]) for claim in wave)
    return found


def _connector(brought: Claims) -> str:
    return brought.connector


def _row(connector: str, claim: Claim) -> dict[str, Any]:
    return {"connector": connector, "durable": False, **{name: getattr(claim, name) for name in _SAID}}


def standing_of(row: Mapping[Any, Any]) -> Standing:
    """Return what a row of the table says."""
    return Standing(Claim(**{name: row[name] for name in _SAID}), bool(row["durable"]))
