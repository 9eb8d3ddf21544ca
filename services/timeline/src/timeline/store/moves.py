"""Interactions that somebody moved to another customer."""

from collections.abc import Collection
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, select

from timeline.folds.identity.verdicts import VerdictKind
from timeline.store.statements import among, chunks, table
from timeline.store.tables import DecisionRow

DECISION = table(DecisionRow).c


@cache
def _moving(dialect: str) -> Select[Any]:
    standing = select(DECISION.a, DECISION.b).where(DECISION.kind == VerdictKind.MOVE, DECISION.revoked_at.is_(None))
    return standing.where(among(dialect, DECISION.a)).order_by(DECISION.at, DECISION.id)


def moves_of(connection: Connection, interactions: Collection[UUID]) -> dict[UUID, UUID]:
    """Return to which handle interactions were moved; the newest verdict stands."""
    found: dict[UUID, UUID] = {}
    for part in chunks(interactions):
        found.update((i, handle) for i, handle in connection.execute(_moving(connection.dialect.name), {"ids": part}))
    return found
