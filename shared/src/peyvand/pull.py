"""Pulled sources: a cursor moves only after what it covers is durable."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn, cast
from uuid import uuid5

import structlog
from pydantic import BaseModel

from peyvand import metrics
from peyvand.ahead import one_ahead
from peyvand.back_off import BackOff
from peyvand.blobs import Blobs
from peyvand.cursors import Cursors
from peyvand.delivery import Delivery
from peyvand.errands import Desk
from peyvand.errors import LeaseLost, SignInFailed, SourceStopped, Unavailable
from peyvand.files import put_away
from peyvand.identity import Organisation
from peyvand.publish import Publisher, Reading
from peyvand.source import Arrival, Batch, PullSource, sense
from peyvand.tenure import Tenure, held, since_boot
from peyvand.workers import Job, Workers

__all__ = ["LEASE_SECONDS", "MOST_KEPT_IN_A_ROW", "BackOff", "Pull"]

log = structlog.get_logger("peyvand.pull")

Closing = AsyncGenerator[Batch, None]  # a fetch is written as a generator, so its clean-up runs when we leave it
Taken = tuple[Batch, list[Reading]]

LEASE_SECONDS = 30.0
# So many unreadable deliveries in a row mean that we, not they, are broken.
MOST_KEPT_IN_A_ROW = 50
# That a source with nothing new answers is noted this often, and not with a write for every poll.
NOTED_EVERY = timedelta(seconds=15)


class OfSource(Exception):
    """Carries what a source raised, so that its outages are told apart from our own."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


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
    workers: Workers = field(default_factory=lambda: Workers(1))
    desk: Desk = field(default_factory=Desk)
    back_off: BackOff = field(default_factory=BackOff)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    noted_every: timedelta = NOTED_EVERY
    lease_seconds: float = LEASE_SECONDS
    clock: Callable[[], float] = since_boot
    kept_in_a_row: int = 0
    failures: int = 0
    stopped: SourceStopped | None = None
    noted_at: datetime | None = None
    trouble: str | None = None

    async def run(self) -> None:
        """Poll until cancelled: what fails is noted in plain words, waited for, and tried again."""
        while True:
            try:
                await self._poll_if_free()
            except LeaseLost as lost:  # no failure: who holds it now says how the source is
                log.warning("lease lost", connector=self.connector, why=str(lost))
                self.noted_at = None
                await self.sleep(self.back_off.first)
            except OfSource as failed:
                await self._failed(failed.error, self.back_off.of_source(self.failures, failed.error))
            except Exception as error:  # noqa: BLE001 - a connector outlives whatever happens
                await self._failed(error, self.back_off.of_ours(self.failures))

    async def _poll_if_free(self) -> None:
        async with held(self.cursors, self.connector, self.holder, self.lease_seconds, self.clock) as tenure:
            if tenure is not None:
                stopped = self.stopped or await self._poll(tenure)
                await self._rest(stopped)
        # neither has an end, so another copy polls it, and tells of its failures
        metrics.FAILING.labels(self.connector).set(0)
        await self.sleep(self.lease_seconds / 3)

    async def _poll(self, tenure: Tenure) -> SourceStopped:
        """Take batch after batch, until too many deliveries in a row could not be read.

        The source is asked, and anything written, only while the lease surely holds.
        """
        cursor = await self.cursors.load(tenure.lease)
        await self._tell_age()
        async with (
            aclosing(cast("Closing", self.source.fetch(self.settings, cursor))) as batches,
            aclosing(self._taken(batches, tenure)) as taken,
        ):
            while self.stopped is None:
                batch, readings = await anext(taken)
                if readings:
                    await self._publish(readings, tenure)
                if batch.cursor != cursor:
                    tenure.require()
                    cursor = batch.cursor
                    await self.cursors.save(tenure.lease, cursor)
                await self._answered(bool(batch.arrivals), batch.trouble)
        return self.stopped

    def _taken(self, batches: Closing, tenure: Tenure) -> AsyncGenerator[Taken, None]:
        taken = self._take(batches, tenure)
        return one_ahead(taken) if self.source.ahead else taken

    async def _tell_age(self) -> None:
        """Let the metrics know how old the cursor is, also when the source has not answered since we were started."""
        answered = await self.cursors.answered(self.connector)
        if answered is not None:
            metrics.LAST_POLL.labels(self.connector).set(answered.timestamp())
        if self.source.keeps is not None:
            metrics.KEEPS.labels(self.connector).set(self.source.keeps.total_seconds())

    async def _rest(self, stopped: SourceStopped) -> NoReturn:
        """Say again and again that the source is stopped; the lease is kept, so that no other copy reads on."""
        while True:
            await self._failed(stopped, self.back_off.refused)

    async def _next(self, batches: Closing) -> Batch:
        try:
            return await anext(batches)
        except StopAsyncIteration:
            raise OfSource(Unavailable("the source ended")) from None
        except Exception as error:
            raise OfSource(error) from error

    async def _take(self, batches: Closing, tenure: Tenure) -> AsyncGenerator[Taken, None]:
        """Yield batches with what they mean, their files put away."""
        job = Job(sense(self.source), self.settings, self.organisation)
        while True:
            tenure.require()
            batch = await self._next(batches)
            # elsewhere: two hundred mails, or one that was made to be slow, must not hold up the webhooks
            found = await self.workers.read(job, [self._delivery(a) for a in batch.arrivals]) if batch.arrivals else []
            yield batch, await put_away(found, self.blobs)

    async def _publish(self, readings: list[Reading], tenure: Tenure) -> None:
        tenure.require()
        await self.publisher.publish(readings)
        metrics.count(readings)
        await self.desk.note(self.source, self.settings, [(r.delivery, r) for r in readings])
        self._count_kept(readings)

    def _count_kept(self, readings: list[Reading]) -> None:
        for reading in readings:
            self.kept_in_a_row = self.kept_in_a_row + 1 if reading.kept and not reading.unknown else 0
            if self.kept_in_a_row > MOST_KEPT_IN_A_ROW:
                self.stopped = SourceStopped(
                    f"{self.kept_in_a_row} deliveries in a row cannot be read, so the source is not read on until"
                    f" Peyvand is started again; the last one: {reading.kept}"
                )

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

    async def _answered(self, brought: bool, trouble: str | None) -> None:
        now = self.now()
        self.failures = 0
        metrics.LAST_POLL.labels(self.connector).set(now.timestamp())
        metrics.FAILING.labels(self.connector).set(0 if trouble is None else 1)
        due = self.noted_at is None or now - self.noted_at >= self.noted_every
        if not (brought or due or trouble != self.trouble):
            return
        if trouble is None:
            await self.cursors.polled(self.connector, now)
        else:
            await self.cursors.failed(self.connector, now, trouble)
        self.noted_at, self.trouble = now, trouble

    async def _failed(self, error: Exception, wait: float) -> None:
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
