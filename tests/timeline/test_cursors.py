"""Cursors of the standalone product by a clock of the test's own; what the port promises is tests/contract's."""

from datetime import UTC, datetime, timedelta

import pytest

from peyvand.errors import LeaseLost
from stores import Opened
from timeline.store import SqlCursors


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
