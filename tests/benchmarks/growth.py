"""How many interactions timeline workers record a second, from Kafka into a store."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.filling import connected
from benchmarks.posts import readings
from parts.kafka import Kafka
from peyvand.kafka.publisher import KafkaPublisher
from peyvand.kafka.settings import KafkaSettings
from peyvand.kafka.topics import provision
from timeline.store import open_database

TESTS = Path(__file__).parents[1]
STAMP = 1_790_000_000


@dataclass(slots=True)
class Runs:
    """Measurements of so many posts, one after the other, each with topics of its own; `done` of them were before."""

    kafka: Kafka
    count: int
    done: int = 0

    async def rate(self, url: str, cores: Sequence[int]) -> float:
        """Return how many interactions are recorded a second, between a tenth and nine tenths of the way."""
        self.done += 1
        settings = KafkaSettings(bootstrap_servers=self.kafka.bootstrap, topic_prefix=f"growth{self.done}.")
        await self._publish(settings)
        await (await open_database(url)).close()
        seen: list[tuple[float, int]] = []
        count = "SELECT count(*) FROM change WHERE id > $1 AND kind = 'interaction'"
        async with connected(url) as connection:
            before = await connection.fetchval("SELECT coalesce(max(id), 0) FROM change")
            with ExitStack() as running:
                for n, core in enumerate(cores):
                    running.enter_context(_worker(settings, url, str(n), core))
                while not seen or seen[-1][1] < self.count:
                    await asyncio.sleep(0.1)
                    seen.append((time.perf_counter(), await connection.fetchval(count, before)))
        inside = [(at, n) for at, n in seen if self.count * 0.1 <= n <= self.count * 0.9]
        return (inside[-1][1] - inside[0][1]) / (inside[-1][0] - inside[0][0])

    async def _publish(self, settings: KafkaSettings) -> None:
        await provision(settings)
        publisher = KafkaPublisher(settings.model_copy(update={"send_seconds": 60.0}))  # it is not what is measured
        async with publisher.running():
            while await publisher.ready() is not None:
                await asyncio.sleep(0.05)
            first = self.done * self.count
            for number in range(first, first + self.count, 500):
                await publisher.publish(readings(500, STAMP, number))


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
