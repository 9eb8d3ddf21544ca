"""Whose turn it is to look for customers that are alike, and those that were found."""

import os
import secrets
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from peyvand.tenure import held
from timeline.comparing import Acquaintance
from timeline.folds.identity.alike import Alike
from timeline.folds.identity.verdicts import Pair
from timeline.store import acquaintances
from timeline.store.cursors import SqlCursors
from timeline.store.database import Database
from timeline.store.statements import chunks, table
from timeline.store.tables import ChangeRow, LikenessRow

CHANGE, LIKENESS = table(ChangeRow).c, table(LikenessRow)
# Stands among the leases of connectors, and no connector can be called so.
LEASE, LEASE_SECONDS = "(likenesses)", 60.0
EVERY = timedelta(hours=1)


class SqlLikenesses:
    """Likenesses in an SQL database."""

    def __init__(self, database: Database, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database = database
        self._now = now
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"  # no process but this one

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[bool]:
        """Say whether to look now; the look counts once the body has ended well."""
        cursors = SqlCursors(self._database, self._now)
        async with held(cursors, LEASE, self._holder, LEASE_SECONDS) as tenure:
            if tenure is None:
                yield False
                return
            looked = await cursors.load(tenure.lease) or {}
            feed = await self._database.read(lambda c: c.execute(select(func.max(CHANGE.id))).scalar_one())
            if feed == looked.get("feed") or self._now() < _at(looked) + EVERY:
                yield False
                return
            began = self._now()
            yield True
            await cursors.save(tenure.lease, {"feed": feed, "at": began.isoformat()})

    async def refused(self) -> AsyncIterator[list[Pair]]:
        """Give the pairs of customers between which a rule refused a link."""
        after: Pair | None = None
        while rows := await self._database.read(lambda c, after=after: acquaintances.refused(c, after)):  # type: ignore[misc]
            yield [row.customers for row in rows]
            after = rows[-1].link

    async def people(self) -> AsyncIterator[list[Acquaintance]]:
        """Give all customers but those who are nothing but a shared handle."""
        crowded = await self._database.read(acquaintances.crowded)
        after = None
        while page := await self._database.read(
            lambda c, after=after: acquaintances.people(c, after, crowded)  # type: ignore[misc]
        ):
            yield page
            after = page[-1].customer

    async def keep(self, found: Sequence[Alike]) -> None:
        """Write what is alike in the place of what was."""
        await self._database.write(lambda connection: _keep(connection, found))


def _at(looked: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(looked["at"]) if looked else datetime.min.replace(tzinfo=UTC)


def _keep(connection: Connection, found: Sequence[Alike]) -> None:
    connection.execute(delete(LIKENESS))
    rows = [
        {"a": f.a, "b": f.b, "score": f.likeness.score, "parts": [list(part) for part in f.likeness.parts]}
        for f in found
    ]
    for part in chunks(rows):
        connection.execute(insert(LIKENESS), part)
