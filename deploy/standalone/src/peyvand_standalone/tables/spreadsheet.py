"""XLSX: the first sheet of a workbook that can be seen, read row by row. https://openpyxl.readthedocs.io"""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile, is_zipfile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from peyvand_standalone.tables.table import MOST_COLUMNS, Table, Unreadable, table
from timeline.cards import Row

# A workbook is a zip of XML: a small file can unfold to terabytes. Sheets are gone through; the rest, with all the
# strings of the sheets, is held in memory.
LARGEST_UNFOLDED = 1024 * 1024 * 1024
LARGEST_PART = 256 * 1024 * 1024
LAST_ROW = 1_048_576  # of any sheet
_SHEETS = "xl/worksheets/"
_AT_ONCE = 500
# What the library raises for files that are broken, or made to break it.
_BROKEN = (BadZipFile, InvalidFileException, ParseError, KeyError, ValueError, TypeError, EOFError, NotImplementedError)


def spreadsheet(path: Path) -> Table:
    """Return the table of a workbook; raises Unreadable."""
    _require_small(path)
    file = path.open("rb")  # by its name the library would refuse some
    try:
        with _told():
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
            sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if not sheets:
            raise Unreadable("the workbook has no sheet that can be seen")
        more = f", the first of {len(sheets)}" if len(sheets) > 1 else ""
        return table(_rows(file, sheets[0]), f"Excel workbook, sheet “{sheets[0].title}”{more}")
    except BaseException:
        file.close()
        raise


def _require_small(path: Path) -> None:
    if not is_zipfile(path):
        raise Unreadable("the file is no Excel workbook (.xlsx), or is cut off")
    with _told(), ZipFile(path) as archive:
        parts = archive.infolist()  # no more is ever unfolded than is declared here
    if sum(part.file_size for part in parts) > LARGEST_UNFOLDED:
        raise Unreadable(f"the workbook unfolds to more than {LARGEST_UNFOLDED >> 20} MB; save it as CSV")
    if any(part.file_size > LARGEST_PART for part in parts if not part.filename.startswith(_SHEETS)):
        raise Unreadable(f"the workbook has more than {LARGEST_PART >> 20} MB of text; save it as CSV")


def _rows(file: IO[bytes], sheet: Any) -> Iterator[Row]:
    with file:
        sheet.reset_dimensions()  # what a sheet says of its own size is often wrong
        rows = enumerate(sheet.iter_rows(max_row=LAST_ROW, values_only=True), 1)
        while True:
            with _told():
                several = list(islice(rows, _AT_ONCE))
            if not several:
                return
            yield from (Row(number, _texts(cells)) for number, cells in several if cells)


def _texts(cells: Sequence[Any]) -> tuple[str, ...]:
    """Return cells as text up to the last that says something, and no more than show that there are too many."""
    texts = [_text(cell) for cell in cells[: MOST_COLUMNS + 1]]
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)


def _text(cell: Any) -> str:
    """Return a cell as text: a telephone number that became a number has its digits back, whatever was shown."""
    match cell:
        case None:
            return ""
        case bool():
            return str(cell)
        case float() if cell.is_integer() and abs(cell) < 1e15:  # beyond, digits are lost
            return str(int(cell))
        case datetime() | date() | time():
            return cell.isoformat()
        case _:
            return str(cell)


@contextmanager
def _told() -> Iterator[None]:
    """Turn what the library raises into our words, and keep its remarks about styles to itself."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except _BROKEN as error:
            raise Unreadable(f"the workbook is broken ({type(error).__name__}); open it and save it anew") from error
