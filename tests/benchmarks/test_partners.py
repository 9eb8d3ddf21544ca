"""How many of partners' events one process takes in a second, committed: one by one, and in batches."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from benchmarks.orders import KEY, order
from standalone.killing import books
from standalone.running import installed

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]

TESTS = Path(__file__).parents[1]
CONFIGURATION = f"""\
organisation: {{name: Example}}
connectors:
  - {{name: shop, channel: partner, keys: [{{name: live, secret: {KEY}, limits: 900000000/day}}]}}
"""
# callers at once, and how many events they post
LOADS = ((1, 500), (8, 2_000), (32, 4_000))
ROUNDS = 3
IN_A_BATCH, BATCHES = 100, 40


@contextmanager
def bare(path: Path) -> Iterator[int]:
    """Serve the endpoint that only commits a row, and give its port."""
    command = [sys.executable, "-m", "benchmarks.committing", str(path)]
    with subprocess.Popen(command, cwd=TESTS, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield int(server.stdout.readline())
        server.terminate()


def posted(port: int, first: int, events: int, callers: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.orders", *map(str, (port, first, events, callers))]
    run = subprocess.run(command, cwd=TESTS, capture_output=True, text=True, check=True)
    told: dict[str, Any] = json.loads(run.stdout)
    return told


def test_events_one_by_one_against_an_endpoint_that_only_commits_a_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = count(0, 100_000)
    with installed(tmp_path, CONFIGURATION) as product, bare(tmp_path / "bare.db") as least:
        product.start()
        ours = httpx.URL(product.url).port
        assert ours is not None
        for callers, events in LOADS:
            # by turns, so that what else the machine does weighs on both
            rounds = [[posted(port, next(first), events, callers) for port in (least, ours)] for _ in range(ROUNDS)]
            best_bare, best = (max(r[side]["rate"] for r in rounds) for side in (0, 1))
            told = min((r[1] for r in rounds), key=lambda one: one["p99"])
            with capsys.disabled():
                print(f"\n{callers} callers: {best:,.0f} events/s, bare {best_bare:,.0f}, ratio {best / best_bare:.2f}")
                print(f"  p50 {told['p50'] * 1e3:.0f} ms, p99 {told['p99'] * 1e3:.0f} ms")
        assert books(product)["shop"]["stored"] == ROUNDS * sum(events for _, events in LOADS)


def test_events_a_hundred_in_a_batch(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    headers = {"authorization": f"Bearer {KEY}"}
    with installed(tmp_path, CONFIGURATION) as product:
        product.start()
        began = time.perf_counter()
        with httpx.Client(base_url=product.url, headers=headers, timeout=60, trust_env=False) as client:
            for batch in range(BATCHES):
                said = [order(batch * IN_A_BATCH + n) for n in range(IN_A_BATCH)]
                assert client.post("/v1/events", json=said).status_code == 207
        seconds = time.perf_counter() - began
        assert books(product)["shop"]["stored"] == BATCHES * IN_A_BATCH
    with capsys.disabled():
        print(f"\none caller, {IN_A_BATCH} in a batch: {BATCHES * IN_A_BATCH / seconds:,.0f} events/s")
