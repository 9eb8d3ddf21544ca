"""Webhooks a second, verified, normalised and committed, against raw commits of the same rows in the same groups."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.load import PERSIAN
from benchmarks.raw import groups_of, seconds_for
from timeline.folds.search import folded

TESTS = Path(__file__).parents[1]
REQUESTS, CONNECTIONS = 6_000, 64


@pytest.mark.bench
@pytest.mark.timeout(600)
def test_webhooks_against_the_raw_commit_rate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    all_cores = os.sched_getaffinity(0)
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.served", tmp_path],
        cwd=TESTS,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        assert server.stdin is not None
        port = server.stdout.readline().strip()
        run = subprocess.run(
            [sys.executable, "-m", "benchmarks.load", port, str(REQUESTS), str(CONNECTIONS)],
            cwd=TESTS, capture_output=True, text=True, check=True,
        )  # fmt: skip
        server.stdin.close()
        assert server.wait(30) == 0
    load = json.loads(run.stdout)
    groups, schema = groups_of(tmp_path)
    words = [folded(PERSIAN.format(n=n) * 4) for n in range(500)]
    raw = seconds_for(groups, schema, words, tmp_path / "raw.db")
    os.sched_setaffinity(0, all_cores)
    stored = sum(len(g["interaction"]) for g in groups)
    assert stored == REQUESTS
    with capsys.disabled():
        print(f"\nwebhooks: {REQUESTS / load['seconds']:.0f}/s over {CONNECTIONS} connections")
        print(f"  p50 {load['p50'] * 1e3:.0f} ms, p99 {load['p99'] * 1e3:.0f} ms")
        print(f"  {len(groups)} commits of {stored / len(groups):.0f} deliveries")
        print(f"  raw SQLite, same rows in the same groups: {stored / raw:.0f}/s; ratio {raw / load['seconds']:.3f}")
