"""A file of a call log, cut into rows one after the other, however large it is."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ingest_phone.calllog.row import LONGEST, MOST_CELLS, Cells, plain
from ingest_phone.calllog.settings import Settings
from peyvand.encoding import encoding_of
from peyvand.errors import Rejected

_DELIMITERS = ",;\t|"
_QUOTED = re.compile(r'"[^"]*"')
_LONGEST_LINE = 128 * 1024


@dataclass(frozen=True, slots=True)
class Line:
    """What stands in a line of the file, counted from 1; without cells, why it is no row."""

    number: int
    cells: Cells = ()
    why: str | None = None


def lines_of(path: Path, settings: Settings) -> Iterator[Line]:
    """Yield the rows of a file; raises Rejected for one that is not what the settings say, OSError."""
    encoding = settings.encoding or encoding_of(path)
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        lines = iter(lambda: file.readline(_LONGEST_LINE), "")
        skipped = sum(1 for _ in islice(lines, settings.skip))
        cut = _fixed(lines, settings) if settings.widths else _delimited(lines, settings)
        for line in cut:
            if any(cell for _, cell in line.cells) or line.why:
                yield _measured(Line(line.number + skipped, line.cells, line.why))


def _measured(line: Line) -> Line:
    if len(line.cells) > MOST_CELLS or sum(len(h) + len(c) for h, c in line.cells) > LONGEST:
        return Line(line.number, (), "it is longer than any row of a call log")
    return line


def _fixed(lines: Iterable[str], settings: Settings) -> Iterator[Line]:
    widths = settings.widths or {}
    for number, line in enumerate(lines, 1):
        text = line.rstrip("\r\n")
        if number > settings.skip_after and text.strip():
            yield Line(number, tuple((name, text[a - 1 : b].strip()) for name, (a, b) in widths.items()))


class _Remembering:
    """Lines, and those of them that were taken since they were last forgotten."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self.taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines).replace("\0", "")
        self.taken.append(line)
        return line


def _delimited(lines: Iterator[str], settings: Settings) -> Iterator[Line]:
    blank, first = 0, next(lines, None)
    while first is not None and not first.strip():
        blank, first = blank + 1, next(lines, None)
    if first is None:
        return
    mark = settings.delimiter or max(_DELIMITERS, key=_QUOTED.sub("", first).count)
    source = _Remembering(_put_back(first, lines))
    reader = csv.reader(source, delimiter=mark)
    headings = tuple(cell.strip() for cell in next(reader)) if settings.headings else ()
    if headings:
        _require_columns(headings, settings)
    for number, cells in _rows(reader, source, mark, len(headings)):
        if number > settings.skip_after + bool(headings) and tuple(cells) != headings:
            yield Line(number + blank, _named(headings, cells))


def _rows(
    reader: Iterator[list[str]], source: _Remembering, mark: str, width: int
) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield rows with the number of their first line. A quotation mark that is never closed costs only its own row."""
    number = len(source.taken) + 1
    while True:
        source.taken.clear()
        broken = False
        cells: list[str] = []
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            broken = True
        taken = list(source.taken)
        if len(taken) > 1 and (broken or (width and len(cells) != width) or not width):
            broken = True
        if broken:
            for place, line in enumerate(taken):
                yield number + place, [cell.strip('"') for cell in line.rstrip("\r\n").split(mark)]
        else:
            yield number, cells
        number += len(taken)


def _put_back(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _named(headings: Sequence[str], cells: Sequence[str]) -> Cells:
    more = [""] * (len(cells) - len(headings))
    return tuple((h, c.strip()) for h, c in zip((*headings, *more), cells, strict=False))


def _require_columns(headings: Sequence[str], settings: Settings) -> None:
    there = {plain(h) for h in headings} | {str(n) for n in range(1, len(headings) + 1)}
    needed = {field: settings.columns.get(field, ()) for field in ("start", "caller", "callee", "call")}
    for field, names in needed.items():
        if names and not any(plain(name) in there for name in names):
            raise Rejected(
                f"no column is headed {' or '.join(names)}, which is to say the {field}"
                f" (there are: {', '.join(h for h in headings if h)}); see `columns`, `skip` and `delimiter`"
            )
