"""What waits on the disk is published in order, as soon as the bus takes it again."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby

import structlog

from peyvand.errors import Unavailable
from peyvand.publish import Publisher
from peyvand.spool import metrics
from peyvand.spool.aside import record_aside
from peyvand.spool.content import Spooled, decoded
from peyvand.spool.pause import Pause
from peyvand.spool.spool import Spool

log = structlog.get_logger("peyvand.spool")

MOST_READINGS = 500
MOST_BYTES = 1024 * 1024
# So many readings in a row that the bus refuses mean that the bus, or we, are broken, and not they.
MOST_GUILTY_IN_A_ROW = 50


@dataclass(slots=True)
class Drain:
    """One spool that is emptied into one bus."""

    spool: Spool
    publisher: Publisher
    pause: Pause
    # While the bus takes, and a batch would be all that waits: done when nothing waits, or the bus takes no more.
    finishing: asyncio.Future[None] | None = None
    _stopped: asyncio.Event = field(default_factory=asyncio.Event)
    _failures: int = 0
    _guilty_in_a_row: int = 0

    async def run(self) -> None:
        """Publish until stopped, and then once more until the spool is empty or the bus refuses."""
        last = False
        while not last:
            last = self._stopped.is_set()
            self.spool.filled.clear()
            try:
                await self._empty()
                if not last:
                    await self.spool.filled.wait()
            except Exception as error:  # noqa: BLE001 - the drain outlives whatever bus and disk do to it
                await self._failed(error)
        self._finish()

    def stop(self) -> None:
        """Wait for nothing any more."""
        self._stopped.set()
        self.spool.filled.set()

    async def _empty(self) -> None:
        while payloads := await self.spool.in_thread(self.spool.log.head, MOST_READINGS, MOST_BYTES):
            batch = await self.spool.in_thread(decoded, payloads)
            metrics.show_oldest(next((s.reading for s in batch if s.reading), None))
            await self._drain(batch)
            self._failures = 0
            if self.finishing is None and 0 < self.spool.left <= MOST_READINGS:
                self.finishing = asyncio.get_running_loop().create_future()
        if not self.spool.left:
            self._finish()

    async def _drain(self, batch: list[Spooled]) -> None:
        for readable, run in groupby(batch, lambda spooled: spooled.reading is not None):
            if readable:
                await self._deliver(list(run))
                continue
            for spooled in run:
                await self._set_aside(spooled, spooled.why)

    async def _deliver(self, batch: Sequence[Spooled]) -> None:
        """Publish a batch and forget it, halving what the bus does not take until the guilty one stands alone."""
        try:
            await self.publisher.publish([s.reading for s in batch if s.reading])
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one reading must not hold up the others
            if len(batch) == 1:
                await self._guilty(batch[0], error)
                return
            middle = len(batch) // 2
            await self._deliver(batch[:middle])
            await self._deliver(batch[middle:])
            return
        self._guilty_in_a_row = 0
        await self._forget(len(batch))

    async def _guilty(self, spooled: Spooled, error: Exception) -> None:
        if self._guilty_in_a_row >= MOST_GUILTY_IN_A_ROW:
            raise Unavailable(f"the bus refuses everything: {type(error).__name__}") from error
        self._guilty_in_a_row += 1
        await self._set_aside(spooled, f"the bus does not take it: {type(error).__name__}")

    async def _set_aside(self, spooled: Spooled, why: str) -> None:
        await self.spool.in_thread(record_aside, self.spool.log.folder, spooled.payload, why)
        await self._forget(1)

    async def _forget(self, count: int) -> None:
        await self.spool.in_thread(self.spool.log.forget, count)
        self.spool.show()

    def _finish(self) -> None:
        if self.finishing is not None:
            self.finishing.set_result(None)
            self.finishing = None

    async def _failed(self, error: Exception) -> None:
        wait = self.pause.seconds(self._failures)
        self._failures += 1
        self._finish()
        why = str(error) if isinstance(error, Unavailable) else type(error).__name__
        log.warning("spool not drained", left=self.spool.left, why=why, wait=round(wait, 1))
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopped.wait(), wait)
