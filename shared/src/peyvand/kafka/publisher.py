"""The bus as a publisher: away, with the reason at once, or there, with one producer that can be given up."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Self

import structlog
from aiokafka.errors import KafkaError

from peyvand.back_off import jittered
from peyvand.errors import Unavailable
from peyvand.kafka import metrics
from peyvand.kafka.connection import Connection
from peyvand.kafka.limits import LARGEST, fitting, portions, size
from peyvand.kafka.quiet import quiet
from peyvand.kafka.settings import KafkaSettings
from peyvand.publish import Reading
from peyvand.wire import Record

log = structlog.get_logger("peyvand.kafka")

FIRST_WAIT, LONGEST_WAIT = 0.1, 2.0
LONGEST_FLUSH = 5.0
# As many bytes may wait for an acknowledgement before the next caller is told to come later.
MOST_BYTES = 64 * 1024 * 1024


class KafkaPublisher:
    """Publishes readings and records, acknowledged by every broker that must have them, or raises Unavailable."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._connection: Connection | None = None
        self._away = "Kafka has not been reached yet"
        self._waiting = self._bytes = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Self]:
        """Connect in the background for ever; at the end, what is on its way has a bounded time to be acknowledged."""
        with quiet():
            keeper = asyncio.create_task(self._keep())
            try:
                yield self
            finally:
                try:
                    await self._flush()
                finally:
                    keeper.cancel()
                    await asyncio.wait({keeper})

    async def publish(self, readings: Sequence[Reading]) -> None:
        """Return once every receipt and every event is acknowledged; raises Unavailable, and then promises nothing.

        Of a reading whose event is too large for the bus, the delivery travels and is kept for repair.
        """
        largest = LARGEST if self._connection is None else self._connection.largest
        await self.send([record for reading in readings for record in fitting(reading, largest)])

    async def send(self, records: Sequence[Record]) -> None:
        """Return once every record is acknowledged; raises Unavailable, or BadPayload when one is too large."""
        for portion in portions(records):
            await self._send(portion)

    async def ready(self) -> str | None:
        """Return None when a broker answered within the last second and has our topics, else what is wrong."""
        if self._connection is None:
            return self._away
        return self._connection.why or await self._connection.trouble.answer()

    async def _send(self, records: Sequence[Record]) -> None:
        connection = self._connection
        if connection is None:
            raise Unavailable(self._away)
        if self._waiting >= self._settings.most_waiting or self._bytes >= MOST_BYTES:
            raise Unavailable(f"{self._waiting} callers wait for Kafka already", retry_after=1)
        taken = sum(map(size, records))
        self._waiting += 1
        self._bytes += taken
        try:
            await connection.send(records)
        finally:
            self._waiting -= 1
            self._bytes -= taken
        metrics.RECORDS.inc(len(records))

    async def _keep(self) -> None:
        while True:
            await self._serve(await self._opened())

    async def _opened(self) -> Connection:
        failures = 0
        while True:
            try:
                return await Connection.open(self._settings)
            except Exception as error:  # noqa: BLE001 - whatever it is, the next try may succeed
                self._note(error)
                await asyncio.sleep(jittered(failures, FIRST_WAIT, LONGEST_WAIT))
                failures += 1

    async def _serve(self, connection: Connection) -> None:
        """Give the connection to callers until it is given up, then end it."""
        self._connection = connection
        metrics.UP.set(1)
        log.info("bus there")
        try:
            self._away = await connection.given_up()
            metrics.GIVEN_UP.inc()
            log.warning("producer given up", why=self._away)
        finally:
            self._connection = None
            metrics.UP.set(0)
            try:
                await connection.end()
            except Exception as error:  # noqa: BLE001 - the next one is opened however this one ended
                log.error("producer not ended", error=type(error).__name__)

    def _note(self, error: Exception) -> None:
        why = str(error) if isinstance(error, Unavailable) else f"Kafka cannot be used: {type(error).__name__}: {error}"
        if why != self._away:
            log.warning("bus away", why=why)
        self._away = why

    async def _flush(self) -> None:
        connection, self._connection, self._away = self._connection, None, "this process is being stopped"
        if connection is not None:
            with suppress(TimeoutError, KafkaError):
                async with asyncio.timeout(min(self._settings.send_seconds, LONGEST_FLUSH)):
                    await connection.flush()
