"""Pulled sources: a cursor moves only after what it covers is durable."""

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import uuid5

import structlog
from pydantic import BaseModel

from peyvand import metrics
from peyvand.blobs import Blobs, by_reference
from peyvand.cursors import Cursors, Lease
from peyvand.delivery import Delivery
from peyvand.errors import LeaseLost, SignInFailed, SourceStopped, Unavailable
from peyvand.identity import Organisation
from peyvand.publish import Publisher, Reading
from peyvand.source import Arrival, Batch, PullSource, read

log = structlog.get_logger("peyvand.pull")

Closing = AsyncGenerator[Batch, None]  # a fetch is written as a generator, so its clean-up runs when we leave it

LEASE_SECONDS = 30.0
# So many unreadable deliveries in a row mean that we, not they, are broken.
MOST_KEPT_IN_A_ROW = 50
# That a source with nothing new answers is noted this often, and not with a write for every poll.
NOTED_EVERY = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class BackOff:
    """Full jitter over a delay that grows by half up to a cap; a refused sign-in waits longest."""

    first: float = 1.0
    most: float = 300.0
    refused: float = 300.0

    def seconds(self, failures: int, error: BaseException) -> float:
        """Return how long to wait after so many failures in a row."""
        if isinstance(error, SignInFailed | SourceStopped):
            return self.refused
        asked = error.retry_after if isinstance(error, Unavailable) and error.retry_after > 5 else 0
        grown: float = min(self.most, self.first * 1.5 ** min(failures, 20))
        return asked + random.uniform(grown / 2, grown)  # noqa: S311 - jitter, not a secret


@dataclass(slots=True)
class Pull:
    """One connector that asks its source, for ever."""

    connector: str
    source: PullSource[Any]
    settings: BaseModel
    organisation: Organisation
    publisher: Publisher
    cursors: Cursors
    blobs: Blobs
    holder: str
    back_off: BackOff = field(default_factory=BackOff)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    noted_every: timedelta = NOTED_EVERY
    kept_in_a_row: int = 0
    failures: int = 0
    stopped: SourceStopped | None = None
    noted_at: datetime | None = None

    async def run(self) -> None:
        """Poll until cancelled: what fails is noted in plain words, waited for, and tried again."""
        while True:
            try:
                self._require_sense()
                lease = await self.cursors.acquire(self.connector, self.holder, LEASE_SECONDS)
                if lease is None:
                    await self.sleep(LEASE_SECONDS / 3)
                    continue
                async with self._kept(lease):
                    await self._poll(lease)
                raise Unavailable("the source ended")
            except Exception as error:  # noqa: BLE001 - a connector outlives whatever its source does
                await self._failed(error)

    async def _poll(self, lease: Lease) -> None:
        cursor = await self.cursors.load(lease)
        async with aclosing(cast("Closing", self.source.fetch(self.settings, cursor))) as batches:
            async for batch in batches:
                if batch.arrivals:
                    await self._take(batch)
                if batch.cursor != cursor:
                    cursor = batch.cursor
                    await self.cursors.save(lease, cursor)
                await self._answered(bool(batch.arrivals))
                self._require_sense()

    async def _take(self, batch: Batch) -> None:
        # in a thread: two hundred mails, or one that was made to be slow, must not hold up the webhooks
        read_ones = await asyncio.to_thread(self._read, batch)
        readings = [replace(r, delivery=await by_reference(r.delivery, self.blobs)) for r in read_ones]
        await self.publisher.publish(readings)
        metrics.count(readings)
        self._count_kept(readings)

    def _read(self, batch: Batch) -> list[Reading]:
        return [read(self.source, self._delivery(a), self.settings, self.organisation) for a in batch.arrivals]

    def _count_kept(self, readings: list[Reading]) -> None:
        for reading in readings:
            self.kept_in_a_row = self.kept_in_a_row + 1 if reading.kept and not reading.unknown else 0
            if self.kept_in_a_row > MOST_KEPT_IN_A_ROW:
                self.stopped = SourceStopped(
                    f"{self.kept_in_a_row} deliveries in a row cannot be read, so the source is not read on until"
                    f" Peyvand is started again; the last one: {reading.kept}"
                )

    def _require_sense(self) -> None:
        """Return while what arrives can be read; raises SourceStopped once too many in a row could not."""
        if self.stopped is not None:
            raise self.stopped

    def _delivery(self, arrival: Arrival) -> Delivery:
        return Delivery(
            # the place in the source names it, so that a delivery fetched twice is one row
            id=uuid5(self.organisation.id, f"delivery\x1f{self.connector}\x1f{arrival.url}"),
            connector=self.connector,
            channel=self.source.name,
            received_at=arrival.received_at,
            body=arrival.body,
            url=arrival.url,
            headers=arrival.headers,
        )

    async def _answered(self, brought: bool) -> None:
        now = self.now()
        self.failures = 0
        metrics.LAST_POLL.labels(self.connector).set(now.timestamp())
        metrics.FAILING.labels(self.connector).set(0)
        if brought or self.noted_at is None or now - self.noted_at >= self.noted_every:
            await self.cursors.polled(self.connector, now)
            self.noted_at = now

    async def _failed(self, error: Exception) -> None:
        wait = self.back_off.seconds(self.failures, error)
        self.failures += 1
        self.noted_at = None
        metrics.FAILING.labels(self.connector).set(1)
        plain = isinstance(error, SignInFailed | Unavailable | SourceStopped)
        why = str(error) if plain else f"an unexpected {type(error).__name__}"
        log.warning("pull failed", connector=self.connector, error=type(error).__name__, wait=round(wait, 1))
        try:
            await self.cursors.failed(self.connector, self.now(), why)
        except Unavailable:
            log.warning("health not noted", connector=self.connector)
        await self.sleep(wait)

    @asynccontextmanager
    async def _kept(self, lease: Lease) -> AsyncIterator[None]:
        """Renew the lease while the body runs; the body is cancelled with LeaseLost when it passes on."""
        body = asyncio.current_task()
        lost: list[LeaseLost] = []

        async def renew() -> None:
            while True:
                await asyncio.sleep(LEASE_SECONDS / 3)
                try:
                    await self.cursors.renew(lease, LEASE_SECONDS)
                except LeaseLost as error:
                    lost.append(error)
                    if body is not None:
                        body.cancel()
                    return
                except Unavailable:  # a late cursor is refused by its fence, so the body may go on; renewing must
                    log.warning("lease not renewed", connector=self.connector)

        renewal = asyncio.create_task(renew())
        try:
            yield
        except asyncio.CancelledError:
            if lost and body is not None:
                body.uncancel()
                raise lost[0] from None
            raise
        finally:
            renewal.cancel()
            if not lost:
                with suppress(Unavailable):  # it ends by itself; and who is being stopped must stay stopped
                    await self.cursors.release(lease)
