"""A mailbox of 10,000 mails of 20 KB, fetched: beside mbsync, beside a socket that only drains it, near and far.

`IMAP_MAILS=500 make bench` for a small one.
"""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks import mbsync
from benchmarks.cores import OTHERS, SERVICE, pin
from mails.generated import mails
from parts.dovecot import Dovecot

TESTS = Path(__file__).parents[1]
COUNT = int(os.environ.get("IMAP_MAILS", "10000"))
ROUNDS, FAR_ROUNDS, ROUND_TRIP_MS = 5, 3, 30
Took = dict[str, float]


@pytest.mark.bench
@pytest.mark.real
@pytest.mark.timeout(1800)
def test_fetching_a_mailbox(dovecot: Dovecot, capsys: pytest.CaptureFixture[str]) -> None:
    account = dovecot.user("support")
    dovecot.fill("support", "INBOX", mails(COUNT))
    assert dovecot._process is not None
    pin(dovecot._process.pid, OTHERS)
    drain(dovecot.port, account)  # so that the server has counted and cached everything
    near = rounds(ROUNDS, dovecot.port, account, drained=True)
    with delayed(dovecot.port) as port:
        far = rounds(FAR_ROUNDS, port, account, drained=False)
    with capsys.disabled():
        print(f"\n{COUNT:,} mails, {near['ours'][0]['bytes'] / 1e6:,.0f} MB; {mbsync.described() or 'no mbsync'}")
        told("near", near)
        told(f"{ROUND_TRIP_MS} ms", far)
        print(f"  peak memory {max(one['peak_mb'] for one in near['ours']):.0f} MB")
        print(f"  ours to drain: {median(near['drain']) / median(near['ours']):.2f} of its speed (aim: 0.5)")
        cpu = statistics.median(one["cpu"] for one in near["ours"]) * 10_000 / COUNT
        print(f"  processor: {cpu:.2f} s for 10,000 mails (aim: 0.5)")
        if near["mbsync"]:
            print(f"  mbsync takes {median(near['mbsync']) / median(near['ours']):.1f} times as long near (aim: 1)")
            print(f"  and {median(far['mbsync']) / median(far['ours']):.1f} times at {ROUND_TRIP_MS} ms (aim: 3)")
        else:
            print("  mbsync: not run; on Debian and Ubuntu, apt install isync")


def rounds(count: int, port: int, account: tuple[str, str], *, drained: bool) -> dict[str, list[Took]]:
    """Let each fetch in turn, so that what else the machine does meets all alike."""
    took: dict[str, list[Took]] = {"ours": [], "drain": [], "mbsync": []}
    for _ in range(count):
        took["ours"].append(run("downloading", str(port), *account, str(COUNT)))
        if drained:
            took["drain"].append(drain(port, account))
        if mbsync.described():
            took["mbsync"].append(mbsync.synced(port, account, COUNT))
    return took


def drain(port: int, account: tuple[str, str]) -> Took:
    return run("draining", str(port), *account)


def run(module: str, *arguments: str) -> Took:
    """Run a client as a process of its own, on the service's core."""
    command = ["taskset", "-c", str(SERVICE), sys.executable, "-m", f"benchmarks.{module}", *arguments]
    done = subprocess.run(command, cwd=TESTS, capture_output=True, text=True, check=True)
    found: Took = json.loads(done.stdout)
    return found


@contextmanager
def delayed(port: int) -> Iterator[int]:
    """Put the server far away."""
    command = ["taskset", "-c", str(OTHERS), sys.executable, "-m", "benchmarks.delaying", str(port), str(ROUND_TRIP_MS)]
    with subprocess.Popen(command, cwd=TESTS, stdout=subprocess.PIPE, text=True) as line:
        try:
            assert line.stdout is not None
            yield int(line.stdout.readline())
        finally:
            line.terminate()


def median(took: list[Took]) -> float:
    return statistics.median(one["seconds"] for one in took)


def told(where: str, took: dict[str, list[Took]]) -> None:
    for who, ones in took.items():
        if ones:
            best, middle = min(one["seconds"] for one in ones), median(ones)
            cpu = statistics.median(one["cpu"] for one in ones)
            print(
                f"  {where:>6} {who:>7}: {middle:6.2f} s (best {best:.2f}), {COUNT / middle:8,.0f}/s, cpu {cpu:.2f} s"
            )
