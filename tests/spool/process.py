"""A process that spools: it publishes numbered readings to a bus that is away, and prints each number it was promised.

python process.py <folder> <first number> <bytes of a body>; with a fourth argument its bus takes whatever the drain
brings, and keeps it in that file.
"""

import asyncio
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from peyvand import log
from peyvand.errors import Unavailable
from peyvand.publish import Reading
from peyvand.spool import SpooledPublisher
from peyvand.spool.pause import Pause
from spool.numbered import numbers, reading

CALLERS = 8


@dataclass
class Flaky:
    """A bus that is away for every third call, and notes what it took; away for ever without a file."""

    taken: Path | None
    calls: int = 0

    async def publish(self, readings: Sequence[Reading]) -> None:
        self.calls += 1
        if self.taken is None or self.calls % 3 == 1:
            raise Unavailable("the bus is away")
        with self.taken.open("a") as file:
            file.write("".join(f"{n}\n" for n in numbers(readings)))


async def run(folder: Path, first: int, size: int, taken: Path | None) -> None:
    publisher = SpooledPublisher(Flaky(taken), folder, segment_bytes=500_000, pause=Pause(0.001, 0.01))
    counted = iter(range(first, sys.maxsize))
    async with publisher.running():
        await asyncio.gather(*(call(publisher, counted, size) for _ in range(CALLERS)))


async def call(publisher: SpooledPublisher, counted: Iterator[int], size: int) -> None:
    for number in counted:
        await publisher.publish([reading(number, os.urandom(size))])
        os.write(1, f"{number}\n".encode())


if __name__ == "__main__":
    log.configure("ERROR")  # standard output is for promises
    folder, first, size, *rest = sys.argv[1:]
    asyncio.run(run(Path(folder), int(first), int(size), Path(rest[0]) if rest else None))
