"""One CDR row, read: its columns by name, its times and counts as such.

https://docs.asterisk.org/Configuration/Reporting/Call-Detail-Records-CDR/CDR-Specification/
"""

import csv
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ingest_phone.channels.asterisk.columns import UNIQUE_ID, UNREAD, columns_of
from peyvand.errors import BadPayload
from peyvand.event import CallResult

_TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:?\d\d)?\Z", re.ASCII)
_EPOCH = re.compile(r"\d{9,11}(\.\d{1,9})?\Z", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,9}(\.\d+)?\Z", re.ASCII)
_CONTROLS = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)])
_LONGEST_WORD = 256  # Asterisk's own fields are 80 to 256 long
_NOBODY_YET = 1971  # a time before this is a zero that some writers print
_NOBODY_MORE = 9000  # room for every zone before the calendar ends

# The words of ast_cdr_disp2str and of the tools that write such files, and the numbers of enum ast_cdr_disposition.
_RESULTS = {
    "ANSWERED": CallResult.ANSWERED, "ANSWER": CallResult.ANSWERED, "8": CallResult.ANSWERED,
    "NOANSWER": CallResult.MISSED, "CANCEL": CallResult.MISSED, "0": CallResult.MISSED, "1": CallResult.MISSED,
    "BUSY": CallResult.BUSY, "4": CallResult.BUSY,
    "FAILED": CallResult.FAILED, "CONGESTION": CallResult.FAILED, "CHANUNAVAIL": CallResult.FAILED,
    "2": CallResult.FAILED, "16": CallResult.FAILED,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A row's columns; what the file does not have is empty. Times are as written: with a zone or without."""

    src: str
    dst: str
    dcontext: str
    clid: str
    channel: str
    dstchannel: str
    lastapp: str
    lastdata: str
    start: datetime
    answer: datetime | None
    duration: int
    billsec: int
    disposition: CallResult
    uniqueid: str
    linkedid: str
    recordingfile: str
    userfield: str
    sequence: int | None
    width: int
    digest: str
    legible: bool

    @property
    def call(self) -> str:
        """Return what the rows of one call have in common: the oldest channel's id, or this channel's, or the row."""
        return self.linkedid or self.uniqueid or f"row:{self.digest}"

    @property
    def leg(self) -> str:
        """Return what only this row of the call has; a ring-all writes one uniqueid many times."""
        return self.digest if self.sequence is None or not self.uniqueid else f"{self.uniqueid}:{self.sequence}"

    @property
    def created(self) -> datetime | None:
        """Return when the channel was made, in UTC: it is in its id, and knows no local time."""
        found = UNIQUE_ID.match(self.uniqueid)
        return datetime.fromtimestamp(int(found[1]), UTC) if found else None


def read_row(body: bytes, custom: Sequence[str] | None = None) -> Row:
    """Return the row that a line holds; raises BadPayload that names the column, and never what stands in it."""
    line = body.rstrip(b"\r\n")
    text = line.decode(errors="replace")
    cells = _cells(text)
    row = {name: cell for name, cell in zip(columns_of(cells, custom), cells, strict=True) if name != UNREAD}
    digest = hashlib.sha256(line).hexdigest()[:32]
    return named(row, width=len(cells), digest=digest, legible="\ufffd" not in text)


def named(row: Mapping[str, str], *, width: int, digest: str, legible: bool) -> Row:
    """Return the row whose columns these are; raises BadPayload that names the column."""
    start, answer, end = (_time(row, name) for name in ("start", "answer", "end"))
    if start is None:
        raise BadPayload(f"column start: {_A_TIME}, and there is none")
    duration = _seconds(row, "duration")
    billsec = _seconds(row, "billsec")
    words = ("src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata", "uniqueid", "linkedid",
             "recordingfile", "userfield")  # fmt: skip
    return Row(
        **{name: row.get(name, "")[:_LONGEST_WORD].translate(_CONTROLS).strip() for name in words},
        start=start,
        answer=answer,
        duration=_between(start, end) if duration is None else duration,
        billsec=_between(answer, end) if billsec is None else billsec,
        disposition=_result(row),
        sequence=_sequence(row),
        width=width,
        digest=digest,
        legible=legible,
    )


def _cells(text: str) -> list[str]:
    try:
        rows = list(csv.reader([text]))
    except csv.Error as error:
        raise BadPayload(f"the row is not CSV: {error}") from error
    if len(rows) != 1:
        raise BadPayload("the row is empty")
    return rows[0]


_A_TIME = "a time like 2026-01-31 09:30:00 was expected"


def _time(row: Mapping[str, str], name: str) -> datetime | None:
    written = row.get(name, "").strip()
    if not written or written.startswith("0000-00-00"):
        return None
    try:
        if _EPOCH.match(written):
            return datetime.fromtimestamp(float(written), UTC)
        if not _TIME.match(written):
            raise ValueError
        read = datetime.fromisoformat(written)
        if read.year > _NOBODY_MORE:
            raise ValueError
    except (ValueError, OverflowError) as error:
        raise BadPayload(f"column {name}: {_A_TIME}") from error
    return read if read.year >= _NOBODY_YET else None


def _seconds(row: Mapping[str, str], name: str) -> int | None:
    written = row.get(name, "").strip()
    if not written:
        return None
    if not _NUMBER.match(written):
        raise BadPayload(f"column {name}: a number of seconds was expected")
    return max(0, int(float(written)))


def _between(begin: datetime | None, end: datetime | None) -> int:
    """Return the seconds between two times of one clock, for files without the column that says it."""
    if begin is None or end is None or (begin.tzinfo is None) != (end.tzinfo is None):
        return 0
    return max(0, int((end - begin).total_seconds()))


def _sequence(row: Mapping[str, str]) -> int | None:
    written = row.get("sequence", "").strip()
    if not written:
        return None
    if not re.fullmatch(r"\d{1,10}", written, re.ASCII):
        raise BadPayload("column sequence: a whole number was expected")
    return int(written)


def _result(row: Mapping[str, str]) -> CallResult:
    word = re.sub(r"[\s_-]+", "", row["disposition"]).upper()
    if word not in _RESULTS:
        raise BadPayload("column disposition: ANSWERED, NO ANSWER, BUSY, FAILED or CONGESTION was expected")
    return _RESULTS[word]
