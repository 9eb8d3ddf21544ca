"""What `peyvand check` says of a CDR file: may we read it, what is in it, and is its clock what we think."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest_phone.channels.asterisk.cdr import Row, read_row
from ingest_phone.channels.asterisk.clock import ago, require_clock
from ingest_phone.channels.asterisk.columns import layout_name
from ingest_phone.channels.asterisk.recording import path_of
from ingest_phone.channels.asterisk.settings import Settings
from ingest_phone.localtime import moment
from ingest_phone.recordings import check_recordings
from ingest_phone.records import records
from peyvand.errors import BadPayload, Unavailable
from peyvand.identity import Organisation

_CHUNK = 1024 * 1024
_LAST = 64 * 1024


@dataclass(frozen=True, slots=True)
class _Survey:
    lines: int
    newest: tuple[bytes, ...]  # in the order of the file


async def check(settings: Settings) -> str:
    """Return in a sentence what stands in the file; raises Unavailable in words that say what to do."""
    path = settings.file
    try:
        survey = await asyncio.to_thread(_survey, path)
    except OSError as error:
        raise in_words(error, path) from error
    if not survey.newest:
        return f"{path} may be read, and holds no row yet: Asterisk writes one when a call ends"
    try:
        rows = [read_row(survey.newest[-1], settings.columns)]
    except BadPayload as error:
        raise Unavailable(f"{path} has {survey.lines} rows, and the newest cannot be read: {error}") from error
    # Without a zone in its entry nor in the file's organisation, the organisation's own default is in force.
    zone = settings.zone or Organisation().zone
    require_clock([*_readable(survey.newest[:-1], settings), *rows], zone, str(path))
    began = moment(rows[0].start, zone, rows[0].created).at
    told = f"{path} has {survey.lines} rows, {_layout(rows[0], settings)}; the newest call began {ago(began)}"
    return told + await recordings_of(rows, settings)


async def recordings_of(rows: Sequence[Row], settings: Settings) -> str:
    """Return what is to be said of the recordings of some rows, nothing where none are fetched; raises as checks do."""
    place = settings.recorded
    if place is None:
        return ""
    talks = sorted((r for r in rows if r.billsec), key=lambda r: r.start.replace(tzinfo=None), reverse=True)
    newest = next((found for row in talks if (found := path_of(row, settings))), None)
    return f"; {await check_recordings(place, newest)}"


def in_words(error: OSError, path: Path) -> Unavailable:
    """Return why a file cannot be read, and what to do."""
    match error:
        case FileNotFoundError():
            return Unavailable(f"{path} is not there; is the path right?")
        case PermissionError():
            return Unavailable(f"{path} may not be read; let the user that Peyvand runs as read it and its folder")
        case IsADirectoryError():
            return Unavailable(f"{path} is a folder; name the file in it (Master.csv)")
        case _:
            return Unavailable(f"{path} cannot be read: {error.strerror or type(error).__name__}")


def _survey(path: Path) -> _Survey:
    lines = 0
    with path.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            lines += chunk.count(b"\n")
        begin = max(0, opened.tell() - _LAST)
        opened.seek(begin)
        tail = opened.read()
    if begin:  # most likely in the middle of a row
        tail = tail[tail.find(b"\n") + 1 :]
    return _Survey(lines, tuple(record.body for record in records(tail)))


def _readable(rows: Sequence[bytes], settings: Settings) -> list[Row]:
    read = []
    for body in rows:
        try:
            read.append(read_row(body, settings.columns))
        except BadPayload:  # it will be kept for repair when it is fetched; here it says nothing of the clock
            continue
    return read


def _layout(row: Row, settings: Settings) -> str:
    if settings.columns is not None:
        return f"with the {row.width} columns that you named"
    said = f"with {row.width} columns ({layout_name(row.width)})"
    return (
        said
        if row.linkedid
        else f"{said}; with newcdrcolumns=yes in cdr.conf the legs of a call would be told together"
    )
