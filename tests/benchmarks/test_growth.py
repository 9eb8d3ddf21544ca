"""Interactions recorded a second: by one worker and by two, and after a million (or more) are there already."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from benchmarks.cores import OTHERS, SERVICE, pin
from benchmarks.history import make_history
from benchmarks.posts import readings
from parts.kafka import Kafka
from parts.postgres import OwnPostgres
from peyvand.kafka.publisher import KafkaPublisher
from peyvand.kafka.settings import KafkaSettings
from peyvand.kafka.topics import provision
from timeline.store import open_database

pytestmark = [pytest.mark.bench, pytest.mark.timeout(7200)]

TESTS = Path(__file__).parents[1]
COUNT = int(os.environ.get("PEYVAND_BENCH_EVENTS", "20000"))
STAMP = 1_790_000_000
MILLIONS = [float(given) for given in os.environ.get("PEYVAND_BENCH_MILLIONS", "1").split(",")]


@dataclass(slots=True)
class Runs:
    """Measurements one after the other, each with topics and posts of its own."""

    kafka: Kafka
    done: int = 0

    async def rate(self, url: str, cores: Sequence[int]) -> float:
        """Return how many interactions are recorded a second, between a tenth and nine tenths of the way."""
        self.done += 1
        settings = KafkaSettings(bootstrap_servers=self.kafka.bootstrap, topic_prefix=f"growth{self.done}.")
        await _filled(settings, self.done * COUNT)
        await (await open_database(url)).close()
        connection = await asyncpg.connect(url.replace("postgresql+asyncpg", "postgresql"))
        before = await connection.fetchval("SELECT coalesce(max(id), 0) FROM change")
        count = "SELECT count(*) FROM change WHERE id > $1 AND kind = 'interaction'"
        seen: list[tuple[float, int]] = []
        with ExitStack() as running:
            for n, core in enumerate(cores):
                running.enter_context(_worker(settings, url, str(n), core))
            while not seen or seen[-1][1] < COUNT:
                await asyncio.sleep(0.1)
                seen.append((time.perf_counter(), await connection.fetchval(count, before)))
        await connection.close()
        inside = [(at, n) for at, n in seen if COUNT * 0.1 <= n <= COUNT * 0.9]
        return (inside[-1][1] - inside[0][1]) / (inside[-1][0] - inside[0][0])


def test_growth_by_workers_and_by_history(
    own_kafka: Kafka, own_postgres: OwnPostgres, capsys: pytest.CaptureFixture[str]
) -> None:
    pin(own_kafka.pid, OTHERS)
    pin(own_postgres.pid, OTHERS)
    runs, told = Runs(own_kafka), []
    for workers in ((SERVICE,), (SERVICE, OTHERS)):
        with own_postgres.database() as url:
            rate = asyncio.run(runs.rate(url, workers))
            told.append(f"{len(workers)} worker(s), empty store: {rate:.0f} interactions/s")
    with own_postgres.database() as url:
        begin = 0
        for millions in MILLIONS:
            took = asyncio.run(_with_history(url, begin, begin := int(millions * 1_000_000)))
            rate = asyncio.run(runs.rate(url, (SERVICE,)))
            told.append(f"1 worker after {millions:g} million: {rate:.0f} interactions/s (made in {took:.0f} s)")
    with capsys.disabled():
        print("\n" + "\n".join(told))


async def _filled(settings: KafkaSettings, first: int) -> None:
    await provision(settings)
    publisher = KafkaPublisher(settings)
    async with publisher.running():
        while await publisher.ready() is not None:
            await asyncio.sleep(0.05)
        for number in range(first, first + COUNT, 500):
            await publisher.publish(readings(500, STAMP, number))


async def _with_history(url: str, begin: int, end: int) -> float:
    await (await open_database(url)).close()
    connection = await asyncpg.connect(url.replace("postgresql+asyncpg", "postgresql"))
    began = time.perf_counter()
    await make_history(connection, begin, end)
    await connection.execute("CHECKPOINT")
    await connection.close()
    return time.perf_counter() - began


@contextmanager
def _worker(settings: KafkaSettings, url: str, name: str, core: int) -> Iterator[None]:
    given = (url, settings.bootstrap_servers, settings.topic_prefix, name, core)
    command = [sys.executable, "-m", "benchmarks.worker", *map(str, given)]
    with subprocess.Popen(command, cwd=TESTS, stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.terminate()
            process.wait(60)
