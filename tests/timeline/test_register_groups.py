"""What concurrent callers bring to the register: one commit for all that wait, each told of its own."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import Connection

from peyvand.errors import Unavailable
from timeline.store import Database, open_database
from timeline.store.register_groups import MOST_ROWS, Groups


@dataclass
class Work:
    """Says what it was given, in which commits."""

    commits: list[list[str]] = field(default_factory=list)

    def __call__(self, _connection: Connection, brought: Sequence[str]) -> list[str]:
        self.commits.append(list(brought))
        if "away" in brought:
            raise Unavailable("the database is away", retry_after=7)
        if "wrong" in brought:
            raise ValueError("wrong")
        return [one.upper() for one in brought]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await open_database(f"sqlite:///{tmp_path}/store.db")
    yield opened
    await opened.close()


async def test_what_waits_while_one_commits_shares_the_next_commit(database: Database) -> None:
    work = Work()
    groups = Groups[str, str](database, work)
    told = await asyncio.gather(*(groups.bring(name) for name in ("a", "b", "c")))
    assert told == ["A", "B", "C"]
    assert work.commits == [["a", "b", "c"]]


async def test_a_commit_takes_no_more_rows_than_it_may_but_one_caller_any(database: Database) -> None:
    work = Work()
    groups = Groups[str, str](database, work)
    large = "x" * MOST_ROWS
    await asyncio.gather(*(groups.bring(name) for name in ("a", "b", large, large + "x", "c")))
    assert work.commits == [["a", "b"], [large], [large + "x"], ["c"]]


async def test_one_that_is_at_fault_costs_the_others_nothing(database: Database) -> None:
    groups = Groups[str, str](database, Work())
    first, wrong, last = await asyncio.gather(*map(groups.bring, ("a", "wrong", "c")), return_exceptions=True)
    assert (first, last) == ("A", "C")
    assert isinstance(wrong, ValueError)


async def test_all_are_told_that_the_database_is_away_and_the_next_is_served(database: Database) -> None:
    groups = Groups[str, str](database, Work())
    told = await asyncio.gather(*map(groups.bring, ("a", "away")), return_exceptions=True)
    assert [(str(e), e.retry_after) for e in told if isinstance(e, Unavailable)] == [("the database is away", 7)] * 2
    assert await groups.bring("b") == "B"


async def test_a_caller_who_goes_away_costs_the_others_nothing(database: Database) -> None:
    groups = Groups[str, str](database, Work())
    gone, stays = (asyncio.create_task(groups.bring(name)) for name in ("a", "b"))
    await asyncio.sleep(0)  # both wait by now
    gone.cancel()
    assert await stays == "B"
    assert gone.cancelled()
