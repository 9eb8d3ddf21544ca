"""Errands: what is to be done for deliveries, kept until it is done."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, delete, func, or_, select, update

from peyvand.errands import Errand, Task, Waiting
from timeline.store.database import Database
from timeline.store.statements import insert_missing, table, write
from timeline.store.tables import ErrandRow

ERRAND = table(ErrandRow)
E = ERRAND.c
_GIVEN = (E.connector, E.task, E.key, E.payload, E.born, E.number, E.attempts, E.error)
_PUT = ("connector", "task", "key", "payload", "born", "due", "attempts")
_UNDONE = E.done_at.is_(None)
_FREE: dict[str, None] = {"holder": None, "leased_until": None}


class SqlErrands:
    """Errands in an SQL database."""

    def __init__(self, database: Database, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.database = database
        self.now = now

    async def put(self, errands: Sequence[Errand]) -> None:
        """Insert what is not there."""
        adding = insert_missing(self.database.dialect, ErrandRow, "connector", "task", "key", columns=_PUT)
        now = self.now()
        rows = [_row(errand, now) for errand in errands]
        await self.database.write(lambda c: write(c, adding, rows).rowcount)

    async def claim(
        self, task: Task, connectors: Collection[str], holder: str, seconds: float, most: int
    ) -> list[Errand]:
        """Lease some; what another copy is leasing just now is passed over."""
        now = self.now()
        free = or_(E.leased_until.is_(None), E.leased_until < now)
        due = and_(_UNDONE, E.task == task, E.connector.in_(connectors), E.due <= now, free)
        wanted = select(E.number).where(due).order_by(E.due, E.number).limit(most).with_for_update(skip_locked=True)
        leased = {"holder": holder, "leased_until": now + timedelta(seconds=seconds), "attempts": E.attempts + 1}

        def work(connection: Connection) -> list[Errand]:
            numbers = connection.execute(wanted).scalars().all()
            if not numbers:
                return []
            taken = update(ERRAND).where(E.number.in_(numbers)).values(leased).returning(*_GIVEN)
            return sorted(map(_errand, connection.execute(taken)), key=lambda errand: errand.number)

        return await self.database.write(work)

    async def renew(self, errand: Errand, holder: str, seconds: float) -> None:
        """Prolong a claim, if it is still the holder's."""
        await self._set(
            and_(E.number == errand.number, E.holder == holder, _UNDONE),
            leased_until=self.now() + timedelta(seconds=seconds),
        )

    async def let_go(self, holder: str) -> None:
        """Free what a holder has claimed."""
        await self._set(and_(E.holder == holder, _UNDONE), **_FREE)

    async def line(self, task: Task, connector: str, most: int) -> list[Errand]:
        """Return the first that are not done."""
        wanted = select(*_GIVEN).where(_UNDONE, E.task == task, E.connector == connector)
        first = wanted.order_by(E.number).limit(most)
        return await self.database.read(lambda c: [_errand(row) for row in c.execute(first)])

    async def done(self, errand: Errand) -> None:
        """Empty the row and keep its key."""
        await self._set(E.number == errand.number, done_at=self.now(), payload=b"", error=None, **_FREE)

    async def later(self, errand: Errand, seconds: float, why: str) -> None:
        """Free an errand, to be due again later."""
        due = self.now() + timedelta(seconds=seconds)
        await self._set(and_(E.number == errand.number, _UNDONE), due=due, error=why, attempts=errand.attempts, **_FREE)

    async def waiting(self, task: Task, connectors: Collection[str]) -> Mapping[str, Waiting]:
        """Count what waits; the error is that of the oldest."""
        return await self.database.read(lambda c: waiting_of(c, task, connectors))

    async def forget(self, seconds: float) -> None:
        """Delete the rows of those that were done so long ago."""
        old = delete(ERRAND).where(E.done_at < self.now() - timedelta(seconds=seconds))
        await self.database.write(lambda c: c.execute(old).rowcount)

    async def _set(self, where: Any, **values: Any) -> None:
        await self.database.write(lambda c: c.execute(update(ERRAND).where(where).values(**values)).rowcount)


def waiting_of(connection: Connection, task: Task, connectors: Collection[str]) -> dict[str, Waiting]:
    """Return what waits of a task, by connector."""
    theirs = and_(_UNDONE, E.task == task, E.connector.in_(connectors))
    counted = select(func.min(E.number).label("first"), func.count().label("n")).where(theirs).group_by(E.connector)
    oldest = counted.subquery()
    wanted = select(E.connector, E.born, E.error, oldest.c.n).join(oldest, oldest.c.first == E.number)
    return {row.connector: Waiting(row.n, row.born, row.error) for row in connection.execute(wanted)}


def _row(errand: Errand, now: datetime) -> dict[str, Any]:
    return {
        "connector": errand.connector, "task": str(errand.task), "key": errand.key, "payload": errand.payload,
        "born": errand.born, "due": now, "attempts": 0,
    }  # fmt: skip


def _errand(row: Any) -> Errand:
    return Errand(
        row.connector, Task(row.task), row.key, row.payload, row.born, row.number, row.attempts, row.error
    )  # fmt: skip
