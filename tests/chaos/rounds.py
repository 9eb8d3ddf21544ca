"""The fault tests again and again, with outages of a minute, until one fails: tests/chaos/rounds.py ROUNDS."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

TESTS = Path(__file__).parents[1]
OUTAGE_SECONDS = "60"
# One for each file, so that all outages are at once: they mostly wait.
WORKERS = str(len([*TESTS.glob("chaos/test_*.py")]))
LONGEST_ROUND = 1200


def main(rounds: int) -> int:
    """Run them and say what happened; 0 when nothing failed."""
    if passed("every interleaving of two workers", "timeline/test_interleavings.py", PEYVAND_ALL_INTERLEAVINGS="1"):
        for number in range(1, rounds + 1):
            seed = str(random.randrange(1_000_000))
            beside = ("--numprocesses", WORKERS, "--dist", "loadfile")
            told = {"PEYVAND_OUTAGE_SECONDS": OUTAGE_SECONDS, "PEYVAND_CHAOS_SEED": seed}
            if not passed(f"round {number} of {rounds}, seed {seed}", "chaos", *beside, **told):
                return 1
        print(f"{rounds} rounds passed")
        return 0
    return 1


def passed(what: str, tests: str, *options: str, **told: str) -> bool:
    """Run some tests, say how it went and how long it took, and return whether none failed."""
    print(f"{what} …", flush=True)
    began = time.monotonic()
    done = run([str(TESTS / tests), "--quiet", *options], told)
    print(f"{what}: {'passed' if done else 'FAILED'} after {time.monotonic() - began:.0f} s", flush=True)
    return done


def run(arguments: list[str], told: Mapping[str, str]) -> bool:
    command = [sys.executable, "-m", "pytest", *arguments]
    try:
        return subprocess.run(command, env={**os.environ, **told}, timeout=LONGEST_ROUND, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        print(f"no end after {LONGEST_ROUND} s")
        return False


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
