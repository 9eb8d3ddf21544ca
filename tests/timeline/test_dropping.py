"""Recordings over their time are removed in the background, and a store that is away costs nothing."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from peyvand.errors import Unavailable
from peyvand.settings import Retention
from peyvand.testing import MemoryBlobs
from timeline import dropping as module
from timeline.dropping import drop, dropping

NOW = datetime(2026, 10, 31, 12, tzinfo=UTC)
CALL = UUID(int=1)
MONTH = Retention(recordings_days=30)


async def test_days_wholly_over_their_time_are_removed_and_no_others() -> None:
    blobs = MemoryBlobs()
    for ago in (0, 29, 30, 31, 400):
        await blobs.put_recording(b"x", (NOW - timedelta(days=ago)).date(), CALL)
    assert await drop(blobs, MONTH, NOW) == 2
    assert sorted(name.split("/")[0] for name in blobs.held) == [
        "recording:2026-10-01", "recording:2026-10-02", "recording:2026-10-31",
    ]  # fmt: skip
    assert await drop(blobs, MONTH, NOW) == 0


async def test_without_a_time_nothing_is_removed() -> None:
    blobs = MemoryBlobs()
    await blobs.put_recording(b"x", date(1999, 1, 1), CALL)
    assert await drop(blobs, Retention(), NOW) == 0
    async with dropping(blobs, Retention(), lambda: NOW):
        await asyncio.sleep(0)
    assert len(blobs.held) == 1


@pytest.mark.parametrize("trouble", [Unavailable("the store is away"), RuntimeError("a bug")])
async def test_what_fails_is_done_the_next_time(monkeypatch: pytest.MonkeyPatch, trouble: Exception) -> None:
    class Away(MemoryBlobs):
        asked = 0

        async def drop_recordings(self, before: date) -> int:
            self.asked += 1
            if self.asked == 1:
                raise trouble
            return await super().drop_recordings(before)

    monkeypatch.setattr(module, "EVERY_SECONDS", 0.01)
    monkeypatch.setattr(module, "AGAIN_SECONDS", 0.01)
    blobs = Away()
    await blobs.put_recording(b"x", date(2026, 1, 1), CALL)
    async with dropping(blobs, MONTH, lambda: NOW), asyncio.timeout(10):
        while blobs.held:
            await asyncio.sleep(0.01)


def test_policy_and_removal_agree_about_every_moment() -> None:
    first = MONTH.first_day_kept(NOW)
    assert first == date(2026, 10, 1)
    assert MONTH.keeps(datetime(2026, 10, 1, tzinfo=UTC), NOW)
    assert not MONTH.keeps(datetime(2026, 9, 30, 23, 59, 59, tzinfo=UTC), NOW)
