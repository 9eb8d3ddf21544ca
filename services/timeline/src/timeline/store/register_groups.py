"""What concurrent callers bring to the register is written in one commit."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence, Sized
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from sqlalchemy import Connection

from peyvand.errors import Unavailable
from timeline.store.database import Database

B = TypeVar("B", bound=Sized)
T = TypeVar("T")

# One commit takes what waits, up to so many rows, so that no caller waits for a commit without end.
MOST_ROWS = 1_000


@dataclass(frozen=True, slots=True)
class _Waiting(Generic[B, T]):
    """What one caller brought, and where it hears what came of it."""

    brought: B
    told: asyncio.Future[T]


@dataclass(slots=True)
class Groups(Generic[B, T]):
    """Does work for all that wait in one transaction; `work` returns what comes of each, in their order."""

    database: Database
    work: Callable[[Connection, Sequence[B]], Sequence[T]]
    _queue: deque[_Waiting[B, T]] = field(default_factory=deque)
    _writer: asyncio.Task[None] | None = None

    async def bring(self, brought: B) -> T:
        """Return what came of it once that is committed; raises Unavailable."""
        told: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._queue.append(_Waiting(brought, told))
        if self._writer is None:
            self._writer = asyncio.create_task(self._write(), name="register")
        return await told

    async def _write(self) -> None:
        try:
            while self._queue:
                await self._commit(self._group())
        finally:
            self._writer = None

    def _group(self) -> list[_Waiting[B, T]]:
        group = [self._queue.popleft()]
        rows = len(group[0].brought)
        while self._queue and rows + len(self._queue[0].brought) <= MOST_ROWS:
            rows += len(self._queue[0].brought)
            group.append(self._queue.popleft())
        return group

    async def _commit(self, group: Sequence[_Waiting[B, T]]) -> None:
        try:
            done = await self.database.write(lambda connection: self.work(connection, [w.brought for w in group]))
        except Unavailable as error:
            for waiting in group:
                _refuse(waiting, Unavailable(str(error), error.retry_after))
        except Exception as error:  # noqa: BLE001 - of several, one was at fault: the others are not told of it
            if len(group) == 1:
                _refuse(group[0], error)
                return
            for waiting in group:
                await self._commit([waiting])
        else:
            for waiting, came in zip(group, done, strict=True):
                if not waiting.told.done():  # else its caller has gone away
                    waiting.told.set_result(came)


def _refuse(waiting: _Waiting[B, T], error: Exception) -> None:
    if not waiting.told.done():
        waiting.told.set_exception(error)
