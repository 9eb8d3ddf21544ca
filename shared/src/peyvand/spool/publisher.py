"""A publisher that takes readings while the bus is away: they wait on the disk, in order, until it is back."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from peyvand.errors import Unavailable
from peyvand.publish import Publisher, Reading
from peyvand.spool.aside import count_aside
from peyvand.spool.content import payload_of
from peyvand.spool.drain import Drain
from peyvand.spool.log import SEGMENT_BYTES, Log
from peyvand.spool.pause import Pause
from peyvand.spool.spool import Spool

log = structlog.get_logger("peyvand.spool")

MOST_BYTES = 1024 * 1024 * 1024
CLOSED = "this process is stopping, or has just been started"


@dataclass(slots=True)
class SpooledPublisher:
    """Publishes to the bus, and to a folder on a persistent volume while the bus is away or anything waits there."""

    publisher: Publisher
    folder: Path
    most_bytes: int = MOST_BYTES
    segment_bytes: int = SEGMENT_BYTES
    pause: Pause = field(default_factory=Pause)
    stopping_seconds: float = 10.0
    # So long a caller waits for the last that stands before it: else a busy process would spool for ever.
    patience: float = 1.0
    _spool: Spool | None = None
    _drain: Drain | None = None

    async def publish(self, readings: Sequence[Reading]) -> None:
        """Return once every reading is acknowledged by the bus or fsynced here; raises Unavailable."""
        spool = self._spool
        if spool is None or spool.closing:
            raise Unavailable(CLOSED)
        if not readings:
            return
        await self._finished()
        if not spool.left:
            try:
                await self.publisher.publish(readings)
            except Unavailable as error:
                log.warning("bus away", why=str(error))
            else:
                spool.refusal = None  # while the bus takes everything, the disk stands in nobody's way
                return
        await spool.append([payload_of(reading) for reading in readings])

    def left(self) -> int:
        """Return how many readings wait on the disk."""
        return 0 if self._spool is None else self._spool.left

    def aside(self) -> int:
        """Return how many files were set aside and wait for a human; raises OSError."""
        return count_aside(self.folder)

    async def ready(self) -> str | None:
        """Return None while readings are taken, else what is wrong in words."""
        spool = self._spool
        if spool is None or spool.closing:
            return CLOSED
        if spool.is_full:
            return f"the bus is away, and the spool is full: {self.most_bytes} bytes"
        if spool.refusal is not None:
            await self._try_disk(spool)
        return spool.refusal

    @asynccontextmanager
    async def running(self) -> AsyncIterator["SpooledPublisher"]:
        """Spool and drain while the body runs, and then drain for a bounded time; raises Taken."""
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="spool") as thread:
            loop = asyncio.get_running_loop()
            opened = await loop.run_in_executor(thread, Log, self.folder, self.segment_bytes)
            spool = self._spool = Spool(opened, self.most_bytes, thread)
            drain = self._drain = Drain(spool, self.publisher, self.pause)
            log.info("spool open", left=spool.left)
            spool.show()
            tasks = asyncio.create_task(spool.write()), asyncio.create_task(drain.run())
            try:
                yield self
            finally:
                await self._stopped(spool, drain, *tasks)

    async def _stopped(
        self, spool: Spool, drain: Drain, writer: asyncio.Task[None], drainer: asyncio.Task[None]
    ) -> None:
        spool.close()
        await writer
        drain.stop()
        await asyncio.wait({drainer}, timeout=self.stopping_seconds)
        drainer.cancel()
        await asyncio.wait({drainer})
        await spool.in_thread(spool.log.close)
        told = log.warning if spool.left else log.info
        told("spool closed", left=spool.left)

    async def _finished(self) -> None:
        finishing = None if self._drain is None else self._drain.finishing
        if finishing is not None:
            await asyncio.wait({finishing}, timeout=self.patience)

    async def _try_disk(self, spool: Spool) -> None:
        try:
            await spool.in_thread(spool.log.try_disk)
        except OSError as error:
            spool.refusal = f"the spool's disk refuses: {error.strerror}"
        else:
            spool.refusal = None
