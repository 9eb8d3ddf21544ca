"""What `peyvand check` says of a CDR table: may we read it, what is in it, and is its clock what we think."""

from collections.abc import Sequence
from typing import Any

from ingest_phone.channels.asterisk.cdr import Row
from ingest_phone.channels.asterisk.check import recordings_of
from ingest_phone.channels.asterisk.clock import ago, require_clock
from ingest_phone.channels.asterisk.settings import Settings
from ingest_phone.channels.asterisk.table import Table, found
from ingest_phone.channels.asterisk.table_row import body, read_table_row
from ingest_phone.localtime import moment
from peyvand.errors import BadPayload, Unavailable
from peyvand.identity import Organisation

_LAST = 200


async def check_table(settings: Settings) -> str:
    """Return in a sentence what stands in the table; raises Unavailable, SignInFailed in words that say what to do."""
    async with settings.source.opened() as connection:
        table = await found(connection, settings.table, settings.cel)
        size, newest = await table.size(), await table.newest(_LAST)
    where = f"the table {table.name} of {settings.source}"
    if not newest:
        return f"{where} may be read, and holds no row yet: Asterisk writes one when a call ends"
    rows = _readable(newest, where)
    # Without a zone in its entry nor in the file's organisation, the organisation's own default is in force.
    zone = settings.zone or Organisation().zone
    require_clock(rows, zone, where)
    began = moment(rows[0].start, zone, rows[0].created).at
    told = f"{where} has {size} rows, {_linked(table, rows)}; the newest call began {ago(began)}"
    return told + await recordings_of(rows, settings)


def _readable(newest: Sequence[dict[str, Any]], where: str) -> list[Row]:
    """Return the last rows; raises Unavailable when the very last cannot be read."""
    try:
        rows = [read_table_row(body(newest[0]))]
    except BadPayload as error:
        raise Unavailable(f"the newest row of {where} cannot be read: {error}") from error
    for row in newest[1:]:
        try:
            rows.append(read_table_row(body(row)))
        except BadPayload:  # it will be kept for repair when it is fetched; here it says nothing of the clock
            continue
    return rows


def _linked(table: Table, rows: Sequence[Row]) -> str:
    if any(row.linkedid for row in rows):
        return "which say what call each belongs to (linkedid)"
    if table.cel:
        return f"whose calls are told by the channel events (linkedid of {table.cel})"
    return (
        "without linkedid, and no channel events may be read: the legs of a transferred call will stand apart"
        " unless the table of channel events (cel) may be read too"
    )
