"""SIGKILL in the middle of spooling and of draining: every reading that was promised is there, in order."""

import subprocess
import sys
from pathlib import Path

import pytest

from spool.numbered import Bus, is_empty, numbers, spooled

TESTS = Path(__file__).parent.parent
LARGE = 100_000  # a body that takes a while to write
ROUNDS = 6

pytestmark = pytest.mark.real


def promised(folder: Path, first: int, count: int, *taken: Path) -> list[int]:
    """Let a process spool until so many were promised, end it as a power failure does, and return all promises."""
    command = [sys.executable, "-m", "spool.process", str(folder), str(first), str(LARGE), *map(str, taken)]
    log = folder.with_suffix(".log")
    with log.open("ab") as errors:
        child = subprocess.Popen(command, cwd=TESTS, stdout=subprocess.PIPE, stderr=errors, text=True)
    assert child.stdout is not None
    with child.stdout as said:
        heard = [said.readline() for _ in range(count)]
        child.kill()
        child.wait()
        heard += said.readlines()
    assert all(heard), log.read_text()
    return [int(line) for line in heard if line.endswith("\n")]


async def drained(folder: Path) -> list[int]:
    bus = Bus()
    async with spooled(bus, folder).running() as publisher:
        await is_empty(publisher)
    return numbers(bus.readings)


async def test_killed_while_it_spools_a_process_has_kept_every_promise(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    promises = [n for r in range(ROUNDS) for n in promised(folder, 100_000 * r, 5 + 3 * r)]
    found = await drained(folder)
    assert len(promises) >= sum(5 + 3 * r for r in range(ROUNDS))
    assert set(promises) <= set(found)
    assert found == sorted(set(found))
    assert not (folder / "aside").exists()


async def test_killed_while_it_drains_a_process_has_kept_every_promise(tmp_path: Path) -> None:
    folder, taken = tmp_path / "spool", tmp_path / "taken"
    promises = [n for r in range(ROUNDS) for n in promised(folder, 100_000 * r, 10 + 7 * r, taken)]
    found = {*map(int, taken.read_text().split()), *await drained(folder)}
    assert set(promises) <= found
    assert not (folder / "aside").exists()
