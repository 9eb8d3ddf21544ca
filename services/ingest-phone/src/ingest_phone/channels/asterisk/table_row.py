"""A row of the CDR table as a delivery's body, and back: the columns by name, in JSON."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ingest_phone.channels.asterisk.cdr import Row, named
from peyvand.errors import BadPayload

# What tells a row of a call from the others of that call where no sequence does; none of it is ever changed later.
_LEG = ("uniqueid", "start", "channel", "dst", "dstchannel", "lastapp", "duration", "billsec", "disposition")
_NEEDED = ("src", "dst", "channel", "dstchannel", "start", "disposition")


def body(row: Mapping[str, Any]) -> bytes:
    """Return a row's columns as text, always the same for the same row."""
    told = {name: _text(value) for name, value in row.items()}
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def read_table_row(written: bytes) -> Row:
    """Return the row that a body holds; raises BadPayload that names the column, and never what stands in it."""
    try:
        told = json.loads(written)
    except (ValueError, RecursionError) as error:
        raise BadPayload("the row is not JSON") from error
    if not isinstance(told, dict) or not all(isinstance(value, str) for value in told.values()):
        raise BadPayload("the row is no object of columns")
    if missing := [name for name in _NEEDED if name not in told]:
        raise BadPayload(f"the row has no column {', '.join(missing)}")
    digest = hashlib.sha256("\x1f".join(told.get(name, "") for name in _LEG).encode(errors="replace")).hexdigest()[:32]
    return named(_counted(told), width=len(told), digest=digest, legible="\ufffd" not in "".join(told.values()))


def _counted(told: dict[str, str]) -> dict[str, str]:
    """Return a row without the 0 that stands where Asterisk does not fill the column: all legs would be one."""
    filled = told.get("sequence") != "0" or told.get("linkedid")
    return told if filled else told | {"sequence": ""}


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat(sep=" ") if isinstance(value, datetime) else str(value)
