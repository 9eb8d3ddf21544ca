"""One producer, from the first answer of a broker until it is given up."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any, Self

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from peyvand.errors import BadPayload, Unavailable
from peyvand.kafka.answering import trouble
from peyvand.kafka.ending import end, start
from peyvand.kafka.limits import LARGEST
from peyvand.kafka.producing import largest_taken, producer
from peyvand.kafka.recently import Recently
from peyvand.kafka.settings import KafkaSettings
from peyvand.wire import TOPICS, Record


class Connection:
    """An idempotent producer and the rule by which it is given up.

    aiokafka's never expires a batch and never recovers from a lost sequence, so it ends with its first error, or when
    nothing at all was acknowledged for as long as one send may take. A send that alone is late leaves it alone.
    """

    def __init__(self, made: AIOKafkaProducer, settings: KafkaSettings) -> None:
        self.largest = LARGEST
        self.trouble = Recently(lambda: trouble(made.client, settings))
        self._producer = made
        self._settings = settings
        self._loop = asyncio.get_running_loop()
        self._acknowledged_at = self._loop.time()
        self._names: dict[str, str] = {}
        self._given_up: asyncio.Future[str] = self._loop.create_future()

    @classmethod
    async def open(cls, settings: KafkaSettings) -> Self:
        """Return a connection to a broker that has answered and has our topics; raises Unavailable."""
        connection = cls(producer(settings), settings)
        try:
            async with asyncio.timeout(settings.send_seconds * (1 + len(settings.servers))):
                await connection._start()
        except (KafkaError, TimeoutError, OSError) as error:
            await connection.end()
            raise Unavailable(f"Kafka does not answer at {settings.bootstrap_servers}") from error
        except BaseException:
            await connection.end()
            raise
        return connection

    async def _start(self) -> None:
        await start(self._producer.start())
        if wrong := await self.trouble.answer():
            raise Unavailable(wrong)
        self.largest = await largest_taken(self._producer.client, map(self._settings.topic, TOPICS))

    async def send(self, records: Sequence[Record]) -> None:
        """Return once every record is acknowledged; raises Unavailable, BadPayload."""
        began, seconds = self._loop.time(), self._settings.send_seconds
        futures: list[asyncio.Future[Any]] = []
        try:
            async with asyncio.timeout(seconds):
                await self._hand_over(records, futures)
                for future in futures:
                    await future
        except TimeoutError:
            if not self._progress(began, futures):
                self.give_up(f"Kafka acknowledged nothing for {seconds:g} s")
            raise Unavailable(f"Kafka did not acknowledge within {seconds:g} s") from None
        except KafkaError as error:
            self.give_up(f"the producer failed: {type(error).__name__}")
            raise Unavailable(self._given_up.result()) from error
        finally:
            _forget(futures)
        self._acknowledged_at = self._loop.time()

    def give_up(self, why: str) -> None:
        """Take no more sends."""
        if not self._given_up.done():
            self._given_up.set_result(why)

    async def given_up(self) -> str:
        """Return why, once it is."""
        return await asyncio.shield(self._given_up)

    @property
    def why(self) -> str | None:
        """Say why it is given up, if it is."""
        return self._given_up.result() if self._given_up.done() else None

    async def flush(self) -> None:
        """Return once nothing is left to be acknowledged."""
        await self._producer.flush()

    async def end(self) -> None:
        """End it at once, with whatever it still holds; who is cancelled meanwhile is so once it has ended."""
        self.give_up("the connection to Kafka was ended")
        ending = asyncio.create_task(end(self._producer))
        try:
            await asyncio.shield(ending)
        except asyncio.CancelledError:
            await asyncio.wait({ending})
            raise

    async def _hand_over(self, records: Iterable[Record], futures: list[asyncio.Future[Any]]) -> None:
        """Hand all records to the producer, one after the other and none awaited."""
        if self.why is not None:
            raise Unavailable(self.why)
        send = self._producer.send
        for topic, key, value, headers in records:
            name = self._names.get(topic) or self._named(topic)
            try:
                futures.append(await send(name, value, key, headers=list(headers)))
            except MessageSizeTooLargeError:
                raise BadPayload(f"a record of {len(value)} bytes is larger than the bus takes") from None

    def _named(self, topic: str) -> str:
        """Return a topic's full name; asking Kafka for it by name might create it, with one partition."""
        name = self._settings.topic(topic)
        if self._producer.client.cluster.partitions_for_topic(name) is None:
            raise Unavailable(f"Kafka has no topic {name}")
        return self._names.setdefault(topic, name)

    def _progress(self, began: float, futures: Iterable[asyncio.Future[Any]]) -> bool:
        return self._acknowledged_at > began or any(map(_acknowledged, futures))


def _acknowledged(future: asyncio.Future[Any]) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None


def _forget(futures: Iterable[asyncio.Future[Any]]) -> None:
    """Wait no more for what is still open, and look at every error, or it would be complained of."""
    for future in futures:
        if not future.done():
            future.cancel()
        elif not future.cancelled():
            future.exception()
