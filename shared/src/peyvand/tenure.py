"""Holding a lease: its holder knows until when it surely may go on, and is ended at that moment."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import structlog

from peyvand.cursors import Cursors, Lease
from peyvand.errors import LeaseLost, Unavailable

log = structlog.get_logger("peyvand.tenure")

# Of a lease's time its holder counts on so much: closing a source takes a moment, and clocks do not run alike.
SURE = 0.9
# It is renewed after this part of its time, and tried again after this one.
RENEWED_AFTER = 1 / 3
AGAIN_AFTER = 1 / 30


def since_boot() -> float:
    """Return seconds by a clock that nobody sets and that, on Linux, runs on while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if sys.platform == "linux" else time.monotonic()


@dataclass(slots=True)
class Tenure:
    """A lease and the moment until which it surely holds, by its holder's own clock."""

    lease: Lease
    cursors: Cursors
    seconds: float
    clock: Callable[[], float]
    until: float

    def require(self) -> None:
        """Return while the lease surely holds; raises LeaseLost."""
        if self.left() <= 0:
            raise LeaseLost(f"the lease on {self.lease.connector} was not renewed in time")

    def left(self) -> float:
        """Return for how many seconds the lease surely holds."""
        return self.until - self.clock()

    async def renew(self) -> None:
        """Prolong the lease; raises LeaseLost, also when its time was over before."""
        self.require()
        sent = self.clock()  # the database counts from later on, so we never believe longer than it does
        await self.cursors.renew(self.lease, self.seconds)
        self.until = sent + self.seconds * SURE

    async def keep(self, limit: asyncio.Timeout) -> None:
        """Renew the lease again and again, and move the limit of its holder with it."""
        wait = RENEWED_AFTER
        while not limit.expired():
            await asyncio.sleep(self.seconds * wait)
            try:
                await self.renew()
                wait = RENEWED_AFTER
            except LeaseLost:
                self.until = self.clock()
            except Unavailable as error:
                log.warning("lease not renewed", connector=self.lease.connector, why=str(error))
                wait = AGAIN_AFTER
            if not limit.expired():
                limit.reschedule(asyncio.get_running_loop().time() + self.left())


@asynccontextmanager
async def held(
    cursors: Cursors, connector: str, holder: str, seconds: float, clock: Callable[[], float] = since_boot
) -> AsyncIterator[Tenure | None]:
    """Hold a connector's lease while the body runs, which ends with LeaseLost when it does not surely hold any more.

    Yields None while another holds it.
    """
    sent = clock()
    lease = await cursors.acquire(connector, holder, seconds)
    if lease is None:
        yield None
        return
    tenure = Tenure(lease, cursors, seconds, clock, sent + seconds * SURE)
    try:
        async with _limited(tenure):
            yield tenure
    finally:
        if tenure.left() > 0:
            with suppress(Unavailable):  # it ends by itself; and who is being stopped must stay stopped
                await cursors.release(lease)


@asynccontextmanager
async def _limited(tenure: Tenure) -> AsyncIterator[None]:
    """End the body at the moment from which on the lease does not surely hold."""
    try:
        async with asyncio.timeout(tenure.left()) as limit:
            keeping = asyncio.create_task(tenure.keep(limit))
            try:
                yield
            finally:
                keeping.cancel()
    except TimeoutError as error:
        if not limit.expired():
            raise  # the body's own
        raise LeaseLost(f"the lease on {tenure.lease.connector} has passed on or was not renewed in time") from error
