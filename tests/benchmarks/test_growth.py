"""Interactions recorded a second by one worker and by two; `test_scale.py` has what a long history makes of it."""

import asyncio
import os

import pytest

from benchmarks.cores import OTHERS, SERVICE, pin
from benchmarks.growth import Runs
from parts.kafka import Kafka
from parts.postgres import OwnPostgres

pytestmark = [pytest.mark.bench, pytest.mark.timeout(7200)]

COUNT = int(os.environ.get("PEYVAND_BENCH_EVENTS", "20000"))


def test_growth_by_workers(own_kafka: Kafka, own_postgres: OwnPostgres, capsys: pytest.CaptureFixture[str]) -> None:
    pin(own_kafka.pid, OTHERS)
    pin(own_postgres.pid, OTHERS)
    runs, told = Runs(own_kafka, COUNT), []
    for workers in ((SERVICE,), (SERVICE, OTHERS)):
        with own_postgres.database() as url:
            rate = asyncio.run(runs.rate(url, workers))
            told.append(f"{len(workers)} worker(s), empty store: {rate:.0f} interactions/s")
    with capsys.disabled():
        print("\n" + "\n".join(told))
