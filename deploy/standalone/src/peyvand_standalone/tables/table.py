"""What a file with a table comes to, and how far it may go."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from peyvand.encoding import Unreadable as Unreadable
from timeline.cards import Row

MOST_ROWS = 1_000_000  # as many as a spreadsheet has
MOST_COLUMNS = 200
LARGEST_FILE = 200 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Table:
    """The headings, how the file was understood, and the rows below that are not empty, to be gone through once."""

    headings: tuple[str, ...]
    understood: str
    rows: Iterator[Row]


def table(rows: Iterable[Row], understood: str) -> Table:
    """Return rows as a table: the first that is not empty has the headings. Raises Unreadable."""
    left = (row for row in map(_cleaned, rows) if any(row.cells))
    headings = next(left, None)
    if headings is None:
        raise Unreadable("the file is empty")
    if len(headings.cells) > MOST_COLUMNS:
        raise Unreadable(f"the file has more than {MOST_COLUMNS} columns")
    return Table(_without_the_empty_end(headings.cells), understood, _limited(left))


def _limited(rows: Iterator[Row]) -> Iterator[Row]:
    for count, row in enumerate(rows, 1):
        if count > MOST_ROWS:
            raise Unreadable(f"the file has more than {MOST_ROWS:,} rows; part it and import one after the other")
        yield row


def _cleaned(row: Row) -> Row:
    """Return a row whose cells hold nothing but text: what is shown on a terminal must not steer it."""
    return Row(row.number, tuple(_clean(cell) for cell in row.cells))


def _clean(cell: str) -> str:
    if cell.isprintable():
        return cell.strip()
    return "".join(_seen(sign) for sign in cell).strip()


def _seen(sign: str) -> str:
    if sign in "\n\t":
        return sign
    return "" if unicodedata.category(sign) in ("Cc", "Cs") else sign


def _without_the_empty_end(cells: tuple[str, ...]) -> tuple[str, ...]:
    last = max(place for place, cell in enumerate(cells) if cell)
    return cells[: last + 1]
