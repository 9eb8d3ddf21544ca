"""A million rows of a call log: read by the connector to the end, and by a bare `csv.reader`, each in a process."""

import asyncio
import csv
import time
from collections.abc import Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from uuid import UUID

from ingest_phone.channels import asterisk
from ingest_phone.channels.asterisk.settings import Settings
from peak import peak_mb
from peyvand.delivery import Delivery
from peyvand.identity import Organisation
from peyvand.source import read

HOUSE = Organisation(name="Example", numbers=("+98 21 9100 1000",))


@dataclass(frozen=True, slots=True)
class Read:
    """How many rows were read in how many seconds of the clock, and how much memory was held at most, in MB."""

    rows: int
    seconds: float
    peak_mb: int

    @property
    def rate(self) -> float:
        return self.rows / self.seconds


def beside(work: Callable[..., int], *given: object) -> Read:
    """Do some reading in a fresh process."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(_measured, (work, *given))


def write(path: Path, rows: Iterable[bytes], most: int) -> None:
    """Write so many rows of a call log."""
    with path.open("wb") as log:
        log.writelines(islice(rows, most))


def by_csv_reader(path: Path) -> int:
    """Return how many rows a bare reader finds."""
    with path.open(newline="", encoding="utf-8") as log:
        return sum(1 for _ in csv.reader(log))


def by_connector(settings: Settings, wanted: int) -> int:
    """Fetch and normalise so many rows, as the connector does; return how many became events."""
    return asyncio.run(_fetched(settings, wanted))


async def _fetched(settings: Settings, wanted: int) -> int:
    source = asterisk.SOURCE if asterisk.SOURCE.serves(settings) else asterisk.TABLE
    fetched = events = 0
    async with aclosing(source.fetch(settings, None)) as batches:  # type: ignore[type-var]
        async for batch in batches:
            for arrival in batch.arrivals:
                made = Delivery(UUID(int=fetched), "pbx", "asterisk", arrival.received_at, arrival.body, arrival.url)
                events += len(read(source, made, settings, HOUSE).events)
                fetched += 1
            if fetched >= wanted:
                break
    return events


def _measured(work: Callable[..., int], *given: object) -> Read:
    began = time.perf_counter()
    rows = work(*given)
    return Read(rows, time.perf_counter() - began, peak_mb())
