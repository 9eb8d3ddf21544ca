"""The log as the event loop sees it: many callers share one fsync, and none of them holds up the loop."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

import structlog

from peyvand.errors import Unavailable
from peyvand.spool import metrics
from peyvand.spool.frames import HEAD_BYTES
from peyvand.spool.log import Log
from peyvand.spool.waiting import Waiting, tell

log = structlog.get_logger("peyvand.spool")

P = ParamSpec("P")
T = TypeVar("T")

# One write takes what waits, up to so much, so that no caller waits for a write without end.
MOST_WRITTEN = 8 * 1024 * 1024
# What waits for the disk is held in memory.
MOST_UNWRITTEN = 64 * 1024 * 1024


@dataclass(slots=True)
class Spool:
    """A log with its one thread, and the callers that wait for the disk."""

    log: Log
    most_bytes: int
    thread: ThreadPoolExecutor
    refusal: str | None = None
    closing: bool = False
    filled: asyncio.Event = field(default_factory=asyncio.Event)
    _queue: deque[Waiting] = field(default_factory=deque)
    _stirred: asyncio.Event = field(default_factory=asyncio.Event)
    _unwritten: int = 0
    _unwritten_bytes: int = 0
    _full_at: int | None = None

    @property
    def left(self) -> int:
        """Return how many records are neither delivered nor refused, those on their way to the disk among them."""
        return self.log.records + self._unwritten

    @property
    def is_full(self) -> bool:
        """Return whether somebody was refused for want of room, and nothing has been delivered since."""
        return self._full_at is not None and self._taken_bytes >= self._full_at

    async def append(self, payloads: Sequence[bytes]) -> None:
        """Return once the payloads are on the disk, in the order of the calls; raises Unavailable."""
        size = sum(HEAD_BYTES + len(payload) for payload in payloads)
        self._require_room(size)
        durable: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append(Waiting(tuple(payloads), size, durable))
        self._unwritten += len(payloads)
        self._unwritten_bytes += size
        self._stirred.set()
        await durable

    async def write(self) -> None:
        """Write what callers bring, until closing, and then all that waits."""
        while self._queue or not self.closing:
            if not self._queue:
                self._stirred.clear()
                await self._stirred.wait()
                continue
            group = self._group()
            failed = await self._written(group)
            self._unwritten -= sum(len(w.payloads) for w in group)
            self._unwritten_bytes -= sum(w.size for w in group)
            self.show()
            self.filled.set()
            tell(group, failed)

    def close(self) -> None:
        """Take nothing more."""
        self.closing = True
        self._stirred.set()

    @property
    def _taken_bytes(self) -> int:
        return self.log.bytes + self._unwritten_bytes

    def _require_room(self, size: int) -> None:
        if self.closing:
            raise Unavailable("this process is stopping")
        if self._taken_bytes + size > self.most_bytes:
            self._full_at = self._taken_bytes
            raise Unavailable(f"the bus is away, and the spool is full: {self.most_bytes} bytes", retry_after=30)
        if self._unwritten_bytes > MOST_UNWRITTEN:
            raise Unavailable(f"{len(self._queue)} callers wait for the spool's disk already", retry_after=2)
        self._full_at = None

    async def in_thread(self, work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """Return what the work returns, done in the log's one thread."""
        return await asyncio.get_running_loop().run_in_executor(self.thread, lambda: work(*arguments, **named))

    def show(self) -> None:
        """Show in the metrics how much is left."""
        metrics.show(self.left, self.log.bytes)

    async def _written(self, group: list[Waiting]) -> Unavailable | None:
        try:
            await self.in_thread(self.log.append, [p for waiting in group for p in waiting.payloads])
        except Unavailable as error:
            self.refusal = str(error)
            log.error("spool refuses", why=self.refusal, callers=len(group))
            return error
        except Exception as error:  # noqa: BLE001 - the writer outlives whatever one group did to it
            log.error("not spooled", error=type(error).__name__, callers=len(group))
            return Unavailable(f"the spool failed: {type(error).__name__}")
        self.refusal = None
        return None

    def _group(self) -> list[Waiting]:
        group = [self._queue.popleft()]
        size = group[0].size
        while self._queue and size + self._queue[0].size <= MOST_WRITTEN:
            group.append(self._queue.popleft())
            size += group[-1].size
        return group
