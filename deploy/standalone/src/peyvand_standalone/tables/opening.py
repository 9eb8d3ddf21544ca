"""A file with a table, whatever it is called."""

from pathlib import Path

from peyvand_standalone.tables.delimited import delimited
from peyvand_standalone.tables.spreadsheet import spreadsheet
from peyvand_standalone.tables.table import LARGEST_FILE, Table, Unreadable

_ZIP = b"PK\x03\x04"
_OLD = b"\xd0\xcf\x11\xe0"


def open_table(path: Path, encoding: str | None = None) -> Table:
    """Return the table in a file, told by its first bytes; raises Unreadable."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            beginning = file.read(4)
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}") from error
    if encoding is not None:
        _require_known(encoding)
    if size > LARGEST_FILE:
        raise Unreadable(f"{path} has more than {LARGEST_FILE >> 20} MB; part it and import one after the other")
    if beginning == _OLD:
        raise Unreadable(f"{path} is an old Excel file, or one with a password: save it as .xlsx without one")
    return spreadsheet(path) if beginning == _ZIP else delimited(path, encoding)


def _require_known(encoding: str) -> None:
    try:
        "".encode(encoding)
    except LookupError as error:
        raise Unreadable(f"{encoding} is no encoding of text (examples: utf-8, windows-1256)") from error
