"""CSV: text whose cells are parted by commas, semicolons or tabs."""

import csv
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from peyvand.encoding import encoding_of
from peyvand_standalone.tables.table import Table, Unreadable, table
from timeline.cards import Row

_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
_QUOTED = re.compile(r'"[^"]*"')
_SAMPLE = 20
_LONGEST_LINE = 1 << 16
FORMULA = frozenset("=+-@")  # what a spreadsheet takes for the beginning of a formula
_SAID = "sep="  # with which Excel writes the separator into the first line


def delimited(path: Path, encoding: str | None) -> Table:
    """Return the table of a CSV file; raises Unreadable."""
    encoding = encoding or encoding_of(path)
    separator = _separator(path, encoding)
    return table(_rows(path, encoding, separator), f"{_named(encoding)}, cells parted by {_SEPARATORS[separator]}")


def _named(encoding: str) -> str:
    return "UTF-8" if encoding == "utf-8-sig" else encoding.replace("windows", "Windows").replace("utf", "UTF")


def _separator(path: Path, encoding: str) -> str:
    """Return what parts the cells: what stands most often in the first line, quotes left out."""
    first = _first_line(path, encoding)
    said = first.removeprefix(_SAID).rstrip("\r\n")
    if said != first and said in _SEPARATORS:
        return said
    return max(_SEPARATORS, key=_QUOTED.sub("", first).count)


def _first_line(path: Path, encoding: str) -> str:
    try:
        with path.open(encoding=encoding, newline="") as file:
            lines = iter(lambda: file.readline(_LONGEST_LINE), "")
            return next((line for line in islice(lines, _SAMPLE) if line.strip()), "")
    except UnicodeError as error:
        raise _not_in(encoding, error) from error


def _rows(path: Path, encoding: str, separator: str) -> Iterator[Row]:
    number = 0
    try:
        with path.open(encoding=encoding, newline="") as file:
            for number, cells in enumerate(csv.reader(file, delimiter=separator), 1):
                if number == 1 and cells and cells[0].startswith(_SAID):
                    continue
                yield Row(number, tuple(_unquoted(cell) for cell in cells))
    except csv.Error as error:
        raise Unreadable(f"row {number + 1} cannot be read as CSV: {error}") from error
    except UnicodeError as error:
        raise _not_in(encoding, error) from error


def _unquoted(cell: str) -> str:
    """Return a cell without the sign that keeps a spreadsheet from computing it, as our own export writes it."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in FORMULA else cell


def _not_in(encoding: str, error: UnicodeError) -> Unreadable:
    return Unreadable(f"the file is not written in {_named(encoding)} ({error}); say another with --encoding")
