"""Listening sources: what is handed to us is answered for only once it is durable."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NoReturn
from uuid import UUID

import structlog
from pydantic import BaseModel
from uuid_utils.compat import uuid7

from peyvand import metrics
from peyvand.back_off import BackOff
from peyvand.blobs import Blobs
from peyvand.cursors import Cursors
from peyvand.delivery import Delivery
from peyvand.errands import Desk
from peyvand.errors import SignInFailed, Unavailable
from peyvand.files import Unpacked, put_away, unpacked
from peyvand.identity import Organisation
from peyvand.publish import Publisher
from peyvand.source import Arrival, ListenSource

log = structlog.get_logger("peyvand.listen")

# That a port is listened on is noted this often.
NOTED_EVERY = 15.0


@dataclass(slots=True)
class Listener:
    """One connector that listens, for ever; `trouble` says in words why it does not. It is its source's Taker.

    It has no lease: any number of copies may listen, each at its own address. Without cursors its state is in the
    metrics and the log alone.
    """

    connector: str
    source: ListenSource[Any]
    settings: BaseModel
    organisation: Organisation
    publisher: Publisher
    cursors: Cursors | None
    blobs: Blobs
    desk: Desk = field(default_factory=Desk)
    back_off: BackOff = field(default_factory=lambda: BackOff(most=30.0, refused=30.0))
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    new_id: Callable[[], UUID] = uuid7
    failures: int = 0
    trouble: str | None = "it has just been started"

    async def run(self) -> None:
        """Listen until cancelled: what fails is noted in plain words, waited for, and tried again."""
        while True:
            try:
                async with self.source.listen(self.settings, self):
                    await self._listens()
            except Exception as error:
                if (task := asyncio.current_task()) is not None and task.cancelling():
                    raise  # what fails while it is told to end must not keep it
                await self._failed(error)  # a connector outlives whatever else happens

    async def take(self, arrival: Arrival) -> None:
        """Return once the arrival is durable; raises Unavailable."""
        # in a thread: a mail that was made to be slow must not hold up the others
        found = await asyncio.to_thread(self._unpack, arrival)
        (stored,) = await put_away([found], self.blobs)
        await self.publisher.publish([stored])
        metrics.count([stored])
        await self.desk.note(self.source, self.settings, [(found.reading.delivery, stored)])

    def refused(self, status: int) -> None:
        """Count what was turned away."""
        metrics.REFUSED.labels(self.connector, str(status)).inc()
        log.warning("refused", connector=self.connector, status=status)

    def _unpack(self, arrival: Arrival) -> Unpacked:
        delivery = Delivery(
            id=self.new_id(),
            connector=self.connector,
            channel=self.source.name,
            received_at=arrival.received_at,
            body=arrival.body,
            url=arrival.url,
            headers=arrival.headers,
        )
        return unpacked(self.source, delivery, self.settings, self.organisation)

    async def _listens(self) -> NoReturn:
        """Note again and again that the port is listened on."""
        self.failures, self.trouble = 0, None
        metrics.FAILING.labels(self.connector).set(0)
        while True:
            metrics.LAST_POLL.labels(self.connector).set(self.now().timestamp())
            await self._note(None)
            await self.sleep(NOTED_EVERY)

    async def _failed(self, error: Exception) -> None:
        wait = self.back_off.of_source(self.failures, error)
        self.failures += 1
        plain = isinstance(error, SignInFailed | Unavailable)
        self.trouble = str(error) if plain else f"an unexpected {type(error).__name__}"
        metrics.FAILING.labels(self.connector).set(1)
        log.warning("not listening", connector=self.connector, error=type(error).__name__, wait=round(wait, 1))
        await self._note(self.trouble)
        await self.sleep(wait)

    async def _note(self, trouble: str | None) -> None:
        if self.cursors is None:
            return
        try:
            if trouble is None:
                await self.cursors.polled(self.connector, self.now())
            else:
                await self.cursors.failed(self.connector, self.now(), trouble)
        except Unavailable:
            log.warning("health not noted", connector=self.connector)
