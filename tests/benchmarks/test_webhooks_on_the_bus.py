"""Webhooks verified, normalised and published, against a bare endpoint that publishes the same records."""

import asyncio
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from benchmarks.cores import OTHERS, SERVICE, pin
from benchmarks.posts import CONFIGURATION
from parts.kafka import Kafka
from parts.loopback import free_port, wait_until
from parts.process import Process
from peyvand.kafka.settings import KafkaSettings
from peyvand.kafka.topics import provision
from peyvand.wire import TOPICS

TESTS = Path(__file__).parents[1]
PREFIX = "bench."
REQUESTS, CONNECTIONS, ROUNDS = 6_000, 64, 3
PART = 0.7


@pytest.mark.bench
@pytest.mark.timeout(900)
@pytest.mark.parametrize("flushed", [False, True], ids=["as three brokers", "one that flushes each message"])
def test_webhooks_against_a_bare_endpoint_that_publishes_the_same_records(
    own_kafka: Kafka, tmp_path: Path, capsys: pytest.CaptureFixture[str], flushed: bool
) -> None:
    pin(own_kafka.pid, OTHERS)
    settings = KafkaSettings(bootstrap_servers=own_kafka.bootstrap, topic_prefix=PREFIX)
    if flushed:
        asyncio.run(provision(settings))
    else:  # brokers that keep three copies flush when they like; so does this one, for all that it is alone
        for topic in TOPICS:
            own_kafka.create(settings.topic(topic), settings.partitions)
    with ExitStack() as running:
        ports = {mode: running.enter_context(bare(mode, own_kafka)) for mode in ("publish", "discard")}
        pid, ports["service"] = running.enter_context(service(own_kafka, tmp_path))
        for port in ports.values():
            load(port, 1_000)
        before = processor_seconds(pid)
        rates: dict[str, list[float]] = {name: [] for name in ports}
        for _ in range(ROUNDS):
            for name, port in ports.items():
                rates[name].append(REQUESTS / load(port, REQUESTS)["seconds"])
        processor = (processor_seconds(pid) - before) / (ROUNDS * REQUESTS) * 1e6
        best = {name: statistics.median(measured) for name, measured in rates.items()}
        rate = PART * best["service"]
        calm = {name: load(ports[name], int(rate * 8), rate) for name in ports}
    with capsys.disabled():
        print(f"\nwebhooks verified, normalised, published: {best['service']:.0f}/s over {CONNECTIONS} connections")
        print(f"  every message flushed by the broker: {flushed}; the service's processor: {processor:.0f} us each")
        for name, what in (("publish", "publishes the same records"), ("discard", "discards the body")):
            print(f"  a bare endpoint that {what}: {best[name]:.0f}/s; ratio {best['service'] / best[name]:.2f}")
        for name, seen in calm.items():
            print(f"  {name} at {rate:.0f}/s: p50 {seen['p50'] * 1e3:.1f} ms, p99 {seen['p99'] * 1e3:.1f} ms")


def load(port: int, requests: int, rate: float = 0) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.load", *map(str, (port, requests, CONNECTIONS, rate))]
    run = subprocess.run(command, cwd=TESTS, capture_output=True, text=True, check=True)
    measured: dict[str, float] = json.loads(run.stdout)
    return measured


@contextmanager
def bare(mode: str, kafka: Kafka) -> Iterator[int]:
    """Give the port of a bare endpoint."""
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.bare", mode, kafka.bootstrap, PREFIX, "2000"],
        cwd=TESTS, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as server:  # fmt: skip
        assert server.stdout is not None
        yield int(server.stdout.readline())
        server.terminate()


@contextmanager
def service(kafka: Kafka, folder: Path) -> Iterator[tuple[int, int]]:
    """Give process and port of ingest-social, as it is started by hand."""
    (folder / "peyvand.yaml").write_text(CONFIGURATION, encoding="utf-8")
    port = free_port()
    environment = {
        **os.environ, "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap, "KAFKA_TOPIC_PREFIX": PREFIX,
        "PEYVAND_CONFIG": str(folder / "peyvand.yaml"), "PEYVAND_PORT": str(port),
    }  # fmt: skip
    command = [sys.executable, "-m", "ingest_social.main"]
    process = Process(command, log=folder / "service.log", environment=environment)
    try:
        pin(process.pid, SERVICE)
        wait_until(lambda: process.runs and _ready(port), "the service getting ready", 60)
        yield process.pid, port
    finally:
        process.stop()


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health/ready", trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False
