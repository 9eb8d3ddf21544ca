"""When a producer is given up: with its first error, or when it is silent; not for one send that is late."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import InvalidProducerEpoch, KafkaError, OutOfOrderSequenceNumber, ProducerFenced

from peyvand.errors import Unavailable
from peyvand.kafka.connection import Connection
from peyvand.kafka.settings import KafkaSettings
from peyvand.wire import DEAD, EVENTS, Record

SETTINGS = KafkaSettings(bootstrap_servers="nowhere:9092", send_seconds=0.2)
QUICK, LATE = Record(EVENTS, b"key", b"quick", ()), Record(DEAD, b"key", b"late", ())


class Producer:
    """aiokafka's producer as far as a connection sees it: it answers as the test says, or not at all."""

    def __init__(self, answer: Callable[[bytes], KafkaError | None]) -> None:
        self.client = SimpleNamespace(cluster=SimpleNamespace(partitions_for_topic=lambda name: {0}))
        self._answer = answer

    async def send(self, topic: str, value: bytes, key: bytes, headers: Any) -> asyncio.Future[None]:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if value == b"quick":
            failed = self._answer(value)
            future.set_result(None) if failed is None else future.set_exception(failed)
        return future


def _connection(answer: Callable[[bytes], KafkaError | None] = lambda value: None) -> Connection:
    return Connection(cast("AIOKafkaProducer", Producer(answer)), SETTINGS)


async def test_one_late_send_among_others_is_told_and_its_producer_stays() -> None:
    connection = _connection()
    late = asyncio.create_task(connection.send([LATE]))
    await asyncio.sleep(0.1)
    await connection.send([QUICK])
    with pytest.raises(Unavailable, match=r"did not acknowledge within 0\.2 s"):
        await late
    assert connection.why is None


async def test_a_send_of_which_a_part_was_acknowledged_is_no_silence() -> None:
    connection = _connection()
    with pytest.raises(Unavailable):
        await connection.send([QUICK, LATE])
    assert connection.why is None


async def test_a_silent_producer_is_given_up() -> None:
    connection = _connection()
    await connection.send([QUICK])
    with pytest.raises(Unavailable):
        await connection.send([LATE])
    assert connection.why == "Kafka acknowledged nothing for 0.2 s"
    with pytest.raises(Unavailable, match="acknowledged nothing"):
        await connection.send([QUICK])


@pytest.mark.parametrize("error", [OutOfOrderSequenceNumber, ProducerFenced, InvalidProducerEpoch])
async def test_a_producer_that_failed_once_is_given_up(error: type[KafkaError]) -> None:
    connection = _connection(lambda value: error())
    with pytest.raises(Unavailable, match=error.__name__):
        await connection.send([QUICK, QUICK])
    assert connection.why == f"the producer failed: {error.__name__}"


async def test_a_caller_that_goes_away_leaves_the_producer_alone() -> None:
    connection = _connection()
    caller = asyncio.create_task(connection.send([LATE]))
    await asyncio.sleep(0)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert connection.why is None
