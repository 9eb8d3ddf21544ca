"""The in-process publisher: the timeline has committed before a source is acknowledged."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import structlog

from peyvand.errors import SourceStopped, Unavailable
from peyvand.publish import Reading
from timeline.halving import Halving, reason

log = structlog.get_logger("peyvand.publisher")

# One commit takes what waits, up to so much, so that no caller waits for a commit without end.
MOST_READINGS = 500
MOST_BYTES = 8 * 1024 * 1024
# More waiting callers than this are told to come back: what they carry is held in memory.
MOST_WAITING = 2_000

# Makes readings durable in one transaction; raises Unavailable, or anything else for what it cannot store.
Record = Callable[[Sequence[Reading]], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class _Waiting:
    """One caller: what it brought, and where it hears that this is durable."""

    readings: tuple[Reading, ...]
    size: int
    durable: asyncio.Future[None]


@dataclass(slots=True)
class InProcessPublisher:
    """Commits in groups: one writer takes all that waits, so many callers share one commit."""

    record: Record
    most_waiting: int = MOST_WAITING
    _queue: deque[_Waiting] = field(default_factory=deque)
    _stirred: asyncio.Event = field(default_factory=asyncio.Event)
    _closing: bool = False
    _writer: asyncio.Task[None] | None = None
    _halving: Halving = field(default_factory=Halving)

    async def publish(self, readings: Sequence[Reading]) -> None:
        """Return once the timeline has committed every reading; raises Unavailable."""
        if not readings:
            return
        if self._closing or self._writer is None or self._writer.done():
            raise Unavailable("Peyvand is stopping, or has just been started")
        if len(self._queue) >= self.most_waiting:
            raise Unavailable(f"{self.most_waiting} deliveries wait for the database already", retry_after=2)
        durable: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append(_Waiting(tuple(readings), sum(map(_size, readings)), durable))
        self._stirred.set()
        await durable

    async def ready(self) -> str | None:
        """Return None while deliveries are being committed, else what is wrong in words."""
        if self._writer is None or self._writer.done():
            return "nothing is being written: the writer has ended"
        return None

    @asynccontextmanager
    async def running(self) -> AsyncIterator["InProcessPublisher"]:
        """Write until the body ends, and then until all that waits is committed."""
        self._closing = False
        self._writer = asyncio.create_task(self._write(), name="publisher")
        try:
            yield self
        finally:
            self._closing = True
            self._stirred.set()
            await self._writer

    async def _write(self) -> None:
        while self._queue or not self._closing:
            if not self._queue:
                self._stirred.clear()
                await self._stirred.wait()
                continue
            await self._commit(self._group())

    def _group(self) -> list[_Waiting]:
        group = [self._queue.popleft()]
        count, size = len(group[0].readings), group[0].size
        while self._queue:
            count, size = count + len(self._queue[0].readings), size + self._queue[0].size
            if count > MOST_READINGS or size > MOST_BYTES:
                break
            group.append(self._queue.popleft())
        return group

    async def _commit(self, group: list[_Waiting]) -> None:
        try:
            lost = await self._stored([r for waiting in group for r in waiting.readings])
        except Unavailable as error:
            _tell(group, error)
            return
        except SourceStopped as error:
            _tell(group, Unavailable(str(error), retry_after=60))
            return
        except Exception as error:  # noqa: BLE001 - the writer outlives whatever one group did to it
            log.error("group not stored", error=type(error).__name__, callers=len(group))
            _tell(group, Unavailable(f"the timeline failed: {type(error).__name__}"))
            return
        hopeless = {id(reading) for reading in lost}
        _tell([w for w in group if hopeless.isdisjoint(map(id, w.readings))], None)
        _tell(
            [w for w in group if not hopeless.isdisjoint(map(id, w.readings))],
            Unavailable("the timeline can store this delivery neither as read nor for repair", retry_after=300),
        )

    async def _stored(self, readings: list[Reading]) -> list[Reading]:
        """Store readings, those that the store refuses as kept for repair; return the hopeless."""
        hopeless: list[Reading] = []

        async def keep(reading: Reading, error: Exception) -> None:
            if not await self._is_kept(reading, error):
                hopeless.append(reading)

        await self._halving.store(readings, self.record, keep)
        return hopeless

    async def _is_kept(self, reading: Reading, error: Exception) -> bool:
        """Store a delivery for repair in place of what it means; return whether that could be done."""
        log.error("reading not stored", connector=reading.delivery.connector, error=type(error).__name__)
        try:
            await self.record([replace(reading, events=(), skipped=None, kept=reason(error))])
        except Unavailable:
            raise
        except Exception as again:  # noqa: BLE001 - as with the reading itself
            log.error("delivery not kept", connector=reading.delivery.connector, error=type(again).__name__)
            return False
        return True


def _size(reading: Reading) -> int:
    """Return roughly how many bytes a reading brings into the transaction."""
    texts = sum(len(e.text or "") + len(e.quoted or "") for e in reading.events)
    return len(reading.delivery.body) + texts


def _tell(group: list[_Waiting], error: Unavailable | None) -> None:
    for waiting in group:
        if waiting.durable.done():  # its caller has gone away; what it brought is as durable as the others'
            continue
        if error is None:
            waiting.durable.set_result(None)
        else:
            waiting.durable.set_exception(Unavailable(str(error), error.retry_after))
