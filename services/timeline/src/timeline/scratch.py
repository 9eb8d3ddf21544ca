"""Lines beyond what memory holds, in temporary files: in order, or by number."""

import os
from array import array
from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import groupby
from pathlib import Path

MOST = 200_000


class InOrder:
    """Lines in their order, each once; as often as they are asked for."""

    def __init__(self, folder: Path, most: int = MOST) -> None:
        self._folder = folder
        self._most = most
        self._held: list[str] = []
        self._files: list[Path] = []

    def add(self, line: str) -> None:
        """Add a line, without its end."""
        self._held.append(line)
        if len(self._held) >= self._most:
            self._lay_down()

    def __iter__(self) -> Iterator[str]:
        """Yield the lines."""
        self._lay_down()
        for line, _ in groupby(merge(*map(_lines, self._files))):
            yield line

    def _lay_down(self) -> None:
        if not self._held:
            return
        self._files.append(self._folder / f"{id(self):x}-{len(self._files)}")
        with self._files[-1].open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{line}\n" for line in sorted(set(self._held)))
        self._held = []


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            yield line[:-1]


class ByNumber:
    """Lines by their numbers."""

    def __init__(self, path: Path, lines: Iterable[str]) -> None:
        self._ends = array("Q", [0])
        with path.open("wb") as file:
            for line in lines:
                self._ends.append(self._ends[-1] + file.write(line.encode()))
        self._file = path.open("rb")

    def __len__(self) -> int:
        return len(self._ends) - 1

    def line(self, number: int) -> str:
        """Return a line."""
        begin, end = self._ends[number], self._ends[number + 1]
        return os.pread(self._file.fileno(), end - begin, begin).decode()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
