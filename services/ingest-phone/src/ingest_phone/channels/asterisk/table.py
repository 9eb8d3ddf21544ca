"""The CDR table of FreePBX, Issabel and plain Asterisk: the file's columns, rows in the order of their start.

https://docs.asterisk.org/Configuration/Reporting/Call-Detail-Records-CDR/CDR-Storage-Backends/
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ingest_phone.channels.asterisk.columns import UNIQUE_ID
from ingest_phone.database import Connection
from peyvand.errors import SignInFailed, Unavailable

# Those that are read, under the names of the file's columns; `calldate` is when a call, or its part, began.
_WORDS = ("src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata", "answer", "end", "duration",
          "billsec", "disposition", "uniqueid", "linkedid", "sequence", "recordingfile", "userfield")  # fmt: skip
_NEEDED = ("src", "dst", "channel", "dstchannel", "disposition", "uniqueid")
_STARTS = ("calldate", "start")
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Table:
    """A table that may be read; `columns` are its own names by ours."""

    connection: Connection
    name: str
    cel: str
    columns: Mapping[str, str]

    @property
    def links(self) -> bool:
        """The table itself says which rows are one call's."""
        return "linkedid" in self.columns

    async def page(self, since: datetime | None, most: int) -> list[dict[str, Any]]:
        """Return so many rows from a start on, the oldest first."""
        where, values = ('WHERE "{}" >= ?'.format(self.columns["start"]), (since,)) if since else ("", ())
        return await self._rows(where, "ASC", most, *values)

    async def newest(self, most: int) -> list[dict[str, Any]]:
        """Return the last rows, the newest first."""
        return await self._rows("", "DESC", most)

    async def size(self) -> int:
        """Return how many rows there are."""
        (found,) = await self.connection.rows(f'SELECT COUNT(*) AS "size" FROM {self.name}')  # noqa: S608 - a name of the settings
        return int(found["size"])

    async def now(self) -> datetime:
        """Return the server's wall clock, without a zone."""
        (found,) = await self.connection.rows('SELECT LOCALTIMESTAMP AS "now"')
        shown: datetime = found["now"]
        return shown

    async def linked(self, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return rows with the call that each belongs to, by the channel events where the row does not say it."""
        if not self.cel:
            return list(rows)
        ids = sorted({str(row["uniqueid"]) for row in rows if row["uniqueid"] and not row.get("linkedid")})
        calls: dict[str, str] = {}
        for begin in range(0, len(ids), _AT_ONCE):
            calls |= await self._calls(ids[begin : begin + _AT_ONCE])
        return [row if row.get("linkedid") else row | {"linkedid": calls.get(str(row["uniqueid"]))} for row in rows]

    async def _calls(self, ids: Sequence[str]) -> dict[str, str]:
        marks = ", ".join("?" * len(ids))
        statement = f"SELECT DISTINCT uniqueid, linkedid FROM {self.cel} WHERE uniqueid IN ({marks})"  # noqa: S608 - a name of the settings
        found = await self.connection.rows(statement, *ids)
        calls: dict[str, str] = {}
        for row in found:
            channel, call = str(row["uniqueid"]), str(row["linkedid"] or "")
            # a channel that joins an older call takes over its id
            if call and (channel not in calls or _age(call) < _age(calls[channel])):
                calls[channel] = call
        return calls

    async def _rows(self, where: str, order: str, most: int, *values: Any) -> list[dict[str, Any]]:
        names = ", ".join(f'"{theirs}" AS "{ours}"' for ours, theirs in self.columns.items())
        start = self.columns["start"]
        statement = f'SELECT {names} FROM {self.name} {where} ORDER BY "{start}" {order} LIMIT {most}'  # noqa: S608 - names of the settings and of the table itself
        return [dict(row) for row in await self.connection.rows(statement, *values)]


async def found(connection: Connection, name: str, cel: str) -> Table:
    """Return a table as it is; raises Unavailable, SignInFailed in words that say what to do."""
    theirs = {column.lower(): column for column in await connection.columns(name)}
    start = next((column for column in _STARTS if column in theirs), None)
    missing = [column for column in _NEEDED if column not in theirs] + ([] if start else ["calldate"])
    if missing or start is None:
        raise Unavailable(f"the table {name} is no CDR table: it has no column {', '.join(missing)}")
    known = {"start": theirs[start], **{word: theirs[word] for word in _WORDS if word in theirs}}
    return Table(connection, name, cel if await _may_link(connection, cel) else "", known)


async def _may_link(connection: Connection, cel: str) -> bool:
    """Return whether there are channel events to be read: many systems have none, or keep them to themselves."""
    try:
        names = {column.lower() for column in await connection.columns(cel)}
    except (Unavailable, SignInFailed):
        return False
    return {"uniqueid", "linkedid"} <= names


def _age(call: str) -> tuple[int, int]:
    matched = UNIQUE_ID.match(call)
    return (int(matched[1]), int(call.rpartition(".")[2])) if matched else (0, 0)
