"""Waiting inside a batch for what is away, so that the worker stays in its group and nothing is given up for lost."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

import structlog

from peyvand.errors import Unavailable
from timeline.consume.metrics import WAITING
from timeline.consume.pace import Pace

log = structlog.get_logger("timeline.consume")

T = TypeVar("T")


async def happens(event: asyncio.Event, seconds: float) -> bool:
    """Return whether it happened within so long."""
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True


@dataclass(slots=True)
class Patience:
    """Tries again what is Unavailable, ever more slowly; `enough` ends all waiting at once.

    `trouble` says in words what no waiting helps against.
    """

    pace: Pace
    enough: asyncio.Event = field(default_factory=asyncio.Event)
    trouble: str | None = None
    _pause: float = 0.0
    _until: float = 0.0
    _since: datetime | None = None
    _why: str = ""

    @property
    def words(self) -> str | None:
        """Return what is wrong, or what is being waited for and since when."""
        if self._since is None:
            return self.trouble
        return f"the consumer waits since {self._since.isoformat(timespec='seconds')}: {self._why}"

    def forget(self) -> None:
        """Begin anew: the batch that was waiting is perhaps another worker's now."""
        self.trouble = None
        self._end()

    def begin(self) -> None:
        """Give a batch its time."""
        self._until = time.monotonic() + self.pace.most_wait

    async def through(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Return what an attempt returns in the end; raises Unavailable when the batch's time is up."""
        while True:
            try:
                done = await attempt()
            except Unavailable as error:
                await self._wait(error)
            else:
                self._end()
                return done

    async def _wait(self, error: Unavailable) -> None:
        self._begin_waiting(error)
        self._pause = min(max(self._pause * 2, self.pace.first_pause), self.pace.longest_pause)
        seconds = self._pause * random.uniform(0.5, 1.0)  # noqa: S311 - so that workers do not knock all at once
        if time.monotonic() + seconds > self._until or await happens(self.enough, seconds):
            raise error

    def _begin_waiting(self, error: Unavailable) -> None:
        self._why = str(error)
        if self._since is None:
            self._since = datetime.now(UTC)
            WAITING.set(1)
            log.warning("waiting", why=self._why)

    def _end(self) -> None:
        self._pause = 0.0
        if self._since is not None:
            log.info("waited", seconds=round((datetime.now(UTC) - self._since).total_seconds(), 1))
            self._since = None
            WAITING.set(0)
