"""Two copies of a connector as two processes: never do both poll, and one that was paused does nothing late."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest

from parts.loopback import wait_until
from parts.postgres import OwnPostgres
from parts.process import Process
from timeline.store import open_database

pytestmark = pytest.mark.real
PROGRAM = Path(__file__).with_name("copy_of_a_connector.py")


@dataclass(frozen=True, slots=True)
class Line:
    """What a copy wrote into the diary."""

    holder: str
    what: str
    number: int


@dataclass(frozen=True, slots=True)
class Copies:
    """Copies of one connector that share a database and write one diary."""

    url: str
    folder: Path
    processes: dict[str, Process] = field(default_factory=dict)

    def start(self, holder: str, does: str = "polls") -> Process:
        command: list[str | Path] = [sys.executable, PROGRAM, does, self.url, holder, self.folder / "diary"]
        process = self.processes[holder] = Process(command, log=self.folder / f"{holder}.log")
        return process

    def signal(self, holder: str, which: signal.Signals) -> None:
        os.kill(self.processes[holder].pid, which)

    def diary(self) -> list[Line]:
        path = self.folder / "diary"
        text = path.read_text() if path.exists() else ""
        return [Line(a, b, int(c)) for a, b, c in (line.split() for line in text.splitlines())]

    def by(self, holder: str, what: str) -> list[Line]:
        return [line for line in self.diary() if (line.holder, line.what) == (holder, what)]

    def log(self, holder: str) -> str:
        return (self.folder / f"{holder}.log").read_text()

    def lost(self, holder: str) -> int:
        return self.log(holder).count("lease lost")


@asynccontextmanager
async def copies_on(url: str, folder: Path) -> AsyncIterator[Copies]:
    """Give a database that the timeline has prepared, and stop all copies at the end."""
    await (await open_database(url)).close()
    started = Copies(url, folder)
    try:
        yield started
    finally:
        for process in started.processes.values():
            process.kill()


@pytest.fixture
async def copies(postgres_url: str, tmp_path: Path) -> AsyncIterator[Copies]:
    async with copies_on(postgres_url, tmp_path) as started:
        yield started


def last(lines: list[Line]) -> int:
    return lines[-1].number if lines else -1


def pauses_and_returns(copies: Copies, paused: str, other: str) -> None:
    """Pause the copy that polls until the other has taken over; end when it has seen that, waking up."""
    before = len(copies.by(other, "saves"))
    copies.signal(paused, signal.SIGSTOP)
    wait_until(lambda: len(copies.by(other, "saves")) > before + 5, f"{other}'s taking over")
    lost = copies.lost(paused)
    copies.signal(paused, signal.SIGCONT)
    wait_until(lambda: copies.lost(paused) > lost, f"{paused}'s seeing that its lease is lost")
    since = len(copies.by(other, "saves"))
    wait_until(lambda: len(copies.by(other, "saves")) > since + 5, f"{other}'s polling on")


def test_a_copy_that_was_paused_longer_than_its_lease_neither_polls_nor_writes_when_it_wakes_up(
    copies: Copies,
) -> None:
    copies.start("a")
    wait_until(lambda: len(copies.by("a", "saves")) > 5, "the first copy's polling")
    copies.start("b")
    pauses_and_returns(copies, "a", "b")
    diary = copies.diary()
    taken_over = diary.index(copies.by("b", "polls")[0])
    late = [line for line in diary[taken_over:] if line.holder == "a"]
    # what it saved before the pause it may hear of after it; that is what the other began with
    assert [line for line in late if line.what != "saves" or line.number > diary[taken_over].number] == []


def test_copies_that_are_paused_in_turn_never_poll_side_by_side_and_the_cursor_only_rises(copies: Copies) -> None:
    for name in ("a", "b"):
        copies.start(name)
        wait_until(lambda: len(copies.diary()) > 0, "polling")
    pauses_and_returns(copies, "a", "b")
    pauses_and_returns(copies, "b", "a")
    pauses_and_returns(copies, "a", "b")
    polls = [line for line in copies.diary() if line.what == "polls"]
    turns = [line.holder for before, line in pairwise([Line("", "", 0), *polls]) if line.holder != before.holder]
    assert turns == ["a", "b", "a", "b"]
    assert [line.number for line in polls] == sorted(line.number for line in polls)


def test_a_copy_that_is_killed_is_followed_by_the_other(copies: Copies) -> None:
    first = copies.start("a")
    wait_until(lambda: len(copies.by("a", "saves")) > 0, "the first copy's polling")
    copies.start("b")
    first.kill()
    wait_until(lambda: last(copies.by("b", "saves")) > last(copies.by("a", "saves")), "the second copy's going on")


async def test_a_copy_polls_on_after_the_database_was_away(own_postgres: OwnPostgres, tmp_path: Path) -> None:
    with own_postgres.database() as url:
        async with copies_on(url, tmp_path) as copies:
            copies.start("a")
            await asyncio.to_thread(wait_until, lambda: len(copies.by("a", "saves")) > 0, "polling")
            await asyncio.to_thread(own_postgres.stop)
            await asyncio.to_thread(wait_until, lambda: "health not noted" in copies.log("a"), "the copy's noticing")
            seen = last(copies.by("a", "saves"))
            await asyncio.to_thread(own_postgres.start)
            await asyncio.to_thread(wait_until, lambda: last(copies.by("a", "saves")) > seen, "polling on")


def test_twenty_holders_in_two_processes_hold_a_lease_one_after_the_other(copies: Copies) -> None:
    racing = [copies.start(name, "races") for name in ("a", "b")]
    wait_until(lambda: not any(process.runs for process in racing), "the end of the race", 60)
    diary = [line for line in copies.diary() if line.what in {"holds", "releases"}]
    assert [line.what for line in diary] == ["holds", "releases"] * 200
    fences = [line.number for line in diary if line.what == "holds"]
    assert fences == sorted(set(fences))
