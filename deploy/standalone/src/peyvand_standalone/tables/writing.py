"""A table written row by row: as CSV whose cells compute nothing, or as XLSX whose cells are all text."""

import csv
import io
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from peyvand.errors import Rejected
from peyvand_standalone.tables.spreadsheet import LAST_ROW

Write = Callable[[Sequence[str]], None]
FORMATS = ("csv", "xlsx")
# What spreadsheets compute when they open a CSV; a tab or a new line before it does not stop them.
_FORMULA = re.compile(r"[\s'\"]*[=+\-@]")
_NUMBERS = re.compile(r"\+\d{5,15}(?:; \+\d{5,15})*\Z")  # telephone numbers are no formula, and stay as they are


class Unwritable(Rejected):
    """A file cannot be written; the message says why."""


@contextmanager
def writing(path: Path, form: str, overwrite: bool) -> Iterator[Write]:
    """Give what writes a row; the file is there, readable by its owner only, once the body has ended well.

    Raises Unwritable.
    """
    if path.exists() and not overwrite:
        raise Unwritable(f"{path} is there already; --overwrite puts the new one in its place")
    unfinished = path.with_name(path.name + ".unfinished")
    try:
        with _own(unfinished) as file, _WRITERS[form](file) as write:
            yield write
        unfinished.replace(path)
    except OSError as error:
        raise Unwritable(f"{path} cannot be written: {error.strerror}") from error
    finally:
        unfinished.unlink(missing_ok=True)


def _own(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


@contextmanager
def _csv(file: IO[bytes]) -> Iterator[Write]:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")  # the mark tells Excel that it is UTF-8
    writer = csv.writer(text)
    yield lambda row: writer.writerow([harmless(cell) for cell in row])
    text.flush()
    text.detach()


@contextmanager
def _xlsx(file: IO[bytes]) -> Iterator[Write]:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Customers")
    count = 0

    def write(row: Sequence[str]) -> None:
        nonlocal count
        count += 1
        if count > LAST_ROW:
            raise Unwritable(f"a sheet has no more than {LAST_ROW:,} rows; export as CSV")
        sheet.append([_text(sheet, cell) for cell in row])

    yield write
    book.save(file)


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet computes: what looks like a formula has a quote before it."""
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBERS.match(cell) else cell


def _text(sheet: Any, cell: str) -> Any:
    """Return a cell that is text whatever it looks like."""
    made = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", cell) or None)
    made.data_type = "s" if made.value is not None else "n"
    return made


_WRITERS: dict[str, Callable[[IO[bytes]], AbstractContextManager[Write]]] = {"csv": _csv, "xlsx": _xlsx}
