"""Cursors and leases: one copy polls, and a copy that wakes up late cannot write."""

from datetime import UTC, datetime, timedelta

import pytest

from peyvand.errors import LeaseLost
from stores import Opened
from timeline.ports import Principal
from timeline.store import SqlCursors

EVERYBODY = Principal("test")


async def test_a_cursor_comes_back_as_it_was_saved(opened: Opened) -> None:
    lease = await opened.cursors.acquire("box", "a", 30)
    assert lease is not None
    assert await opened.cursors.load(lease) is None
    await opened.cursors.save(lease, {"uid": 7, "folder": "صندوق"})
    assert await opened.cursors.load(lease) == {"uid": 7, "folder": "صندوق"}


async def test_a_lease_is_refused_while_another_holds_it(opened: Opened) -> None:
    assert await opened.cursors.acquire("box", "a", 30) is not None
    assert await opened.cursors.acquire("box", "b", 30) is None
    assert await opened.cursors.acquire("other", "b", 30) is not None


async def test_a_released_lease_is_free_at_once(opened: Opened) -> None:
    lease = await opened.cursors.acquire("box", "a", 30)
    assert lease is not None
    await opened.cursors.release(lease)
    assert await opened.cursors.acquire("box", "b", 30) is not None


async def test_a_paused_copy_that_wakes_up_cannot_write(opened: Opened) -> None:
    clock = datetime(2026, 1, 1, tzinfo=UTC)
    cursors = SqlCursors(opened.database, lambda: clock)
    paused = await cursors.acquire("box", "a", 30)
    assert paused is not None
    clock += timedelta(seconds=31)
    running = await cursors.acquire("box", "b", 30)
    assert running is not None
    assert running.fence > paused.fence
    await cursors.save(running, {"uid": 9})
    with pytest.raises(LeaseLost):
        await cursors.save(paused, {"uid": 8})
    with pytest.raises(LeaseLost):
        await cursors.renew(paused, 30)
    await cursors.release(paused)
    assert await cursors.load(running) == {"uid": 9}
    assert await cursors.acquire("box", "c", 30) is None


async def test_an_error_is_told_with_its_beginning_until_the_source_answers(opened: Opened) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    await opened.cursors.failed("box", start, "wrong password")
    await opened.cursors.failed("box", start + timedelta(minutes=5), "still wrong")
    (health,) = await opened.timelines.health(EVERYBODY, ["box"])
    assert (health.error, health.error_since, health.polled_at) == ("still wrong", start, None)
    await opened.cursors.polled("box", start + timedelta(minutes=9))
    (health,) = await opened.timelines.health(EVERYBODY, ["box"])
    assert (health.error, health.error_since) == (None, None)
    assert health.polled_at == start + timedelta(minutes=9)
