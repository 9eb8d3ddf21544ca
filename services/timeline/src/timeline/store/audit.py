"""The audit log in an SQL database."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, insert, select

from timeline.audit import Act, Noted, Result, Sought
from timeline.store.database import Database
from timeline.store.statements import table
from timeline.store.tables import AuditRow

AUDIT = table(AuditRow)
_SAME = ("who", "person", "act", "result", "address", "interaction_id", "what")


class SqlAudit:
    """An audit log that is only ever added to."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(self, line: Noted, unless_within: timedelta) -> None:
        """Commit a line, unless one of the same stands already."""
        row = {
            "at": line.at,
            "who": line.who,
            "person": line.person,
            "act": line.act.value,
            "result": line.result.value,
            "address": line.address,
            "interaction_id": line.interaction,
            "what": line.what,
        }
        await self._database.write(lambda connection: _note(connection, row, unless_within))

    async def lines(self, sought: Sought, below: int | None, limit: int) -> Sequence[Noted]:
        """Return lines, the newest first."""
        a = AUDIT.c
        wanted = select(AUDIT).order_by(a.number.desc()).limit(limit)
        wanted = wanted if below is None else wanted.where(a.number < below)
        same = (a.who, sought.who), (a.person, sought.person), (a.act, sought.act), (a.result, sought.result)
        for column, value in (*same, (a.interaction_id, sought.interaction)):
            wanted = wanted if value is None else wanted.where(column == value)
        wanted = wanted if sought.since is None else wanted.where(a.at >= sought.since)
        wanted = wanted if sought.until is None else wanted.where(a.at < sought.until)
        return await self._database.read(lambda c: [_noted(row) for row in c.execute(wanted)])


def _note(connection: Connection, row: dict[str, Any], unless_within: timedelta) -> None:
    same = [AUDIT.c[name].is_not_distinct_from(row[name]) for name in _SAME]
    recent = AUDIT.c.at > row["at"] - unless_within
    if connection.execute(select(AUDIT.c.number).where(*same, recent).limit(1)).first() is None:
        connection.execute(insert(AUDIT).values(row))


def _noted(row: Any) -> Noted:
    return Noted(
        at=row.at,
        who=row.who,
        act=Act(row.act),
        result=Result(row.result),
        address=row.address,
        person=row.person,
        interaction=row.interaction_id,
        what=row.what,
        number=row.number,
    )
