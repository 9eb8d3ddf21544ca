"""Kafka away in every way that it can be: nobody waits longer than was said, and what was acknowledged is there."""

import asyncio
import gc
import logging
import time
from collections import Counter

import pytest
from aiokafka.producer.message_accumulator import MessageBatch
from prometheus_client import REGISTRY

from parts.kafka import Kafka
from parts.loopback import free_port
from peyvand.errors import Unavailable
from peyvand.kafka.publisher import KafkaPublisher
from peyvand.kafka.settings import KafkaSettings
from peyvand.wire import DELIVERIES, EVENTS, receipt_from, records
from publishing import Callers, eventually, everything, publishing, saying, until_not_ready, until_ready

pytestmark = pytest.mark.real

AWAY_SECONDS = 6.0


@pytest.fixture
def settings(own_kafka: Kafka) -> KafkaSettings:
    return KafkaSettings(bootstrap_servers=own_kafka.bootstrap, partitions=3, send_seconds=1.5)


def _buffered() -> int:
    """Return the batches that this process holds."""
    gc.collect()
    return sum(isinstance(each, MessageBatch) for each in gc.get_objects())


def _given_up() -> float:
    return REGISTRY.get_sample_value("peyvand_bus_producers_given_up_total") or 0


@pytest.mark.parametrize("ending", ["stop", "kill"])
async def test_after_an_outage_under_load_everything_acknowledged_is_there(
    own_kafka: Kafka, settings: KafkaSettings, ending: str
) -> None:
    async with publishing(settings) as publisher:
        callers = Callers(publisher)
        async with callers.calling(30):
            await eventually(lambda: len(callers.acknowledged) >= 100)
            await asyncio.to_thread(getattr(own_kafka, ending))
            await asyncio.sleep(AWAY_SECONDS)
            before = len(callers.acknowledged)
            await asyncio.to_thread(own_kafka.start)
            await eventually(lambda: len(callers.acknowledged) >= before + 100)
    found = await everything(own_kafka, EVENTS, DELIVERIES)
    receipts = {receipt_from(r.value).delivery.id for r in found if r.topic == DELIVERIES}
    deliveries = {dict(r.headers)["ce_delivery"].decode() for r in found if r.topic == EVENTS}
    assert callers.acknowledged <= receipts
    assert {str(each) for each in callers.acknowledged} <= deliveries
    assert callers.told
    assert callers.longest < settings.send_seconds + 1


async def test_a_broker_that_lost_what_it_knew_of_the_producer_is_published_to_again(
    own_kafka: Kafka, settings: KafkaSettings
) -> None:
    async with publishing(settings.model_copy(update={"partitions": 1})) as publisher:
        for name in ("kept", "lost"):
            await publisher.publish([saying(name)])
        own_kafka.stop()
        own_kafka.lose_producer_state()
        own_kafka.start()
        await until_ready(publisher)
        with pytest.raises(Unavailable, match="OutOfOrderSequenceNumber"):
            await publisher.publish([saying("refused")])
        await until_ready(publisher)
        await publisher.publish([saying("taken")])


async def test_a_hanging_broker_costs_a_caller_the_deadline_and_the_next_ones_nothing(
    own_kafka: Kafka, settings: KafkaSettings
) -> None:
    async with publishing(settings) as publisher:
        own_kafka.pause()
        began = time.monotonic()
        with pytest.raises(Unavailable, match=r"did not acknowledge within 1\.5 s"):
            await publisher.publish([saying("late")])
        late = time.monotonic()
        for _ in range(100):
            with pytest.raises(Unavailable):
                await publisher.publish([saying("refused")])
        assert late - began == pytest.approx(1.5, abs=0.5)
        assert time.monotonic() - late < 1
        own_kafka.resume()
        await until_ready(publisher)
        await publisher.publish([saying("taken")])
    # what was given up may have been delivered all the same: everything downstream knows ids
    found = await everything(own_kafka, EVENTS)
    sure = {records(saying("taken"))[1].value}
    assert sure <= {r.value for r in found} <= sure | {records(saying("late"))[1].value}


async def test_only_so_many_wait_for_a_hanging_broker(own_kafka: Kafka, settings: KafkaSettings) -> None:
    async with publishing(settings.model_copy(update={"most_waiting": 10})) as publisher:
        own_kafka.pause()
        told = await asyncio.gather(
            *(publisher.publish([saying(f"saying {n}")]) for n in range(25)), return_exceptions=True
        )
        own_kafka.resume()
    assert sum("10 callers wait for Kafka already" in str(each) for each in told) == 15
    assert all(isinstance(each, Unavailable) for each in told)


async def test_what_nobody_acknowledges_is_not_heaped_up(own_kafka: Kafka, settings: KafkaSettings) -> None:
    hasty = settings.model_copy(update={"send_seconds": 0.3, "most_waiting": 40})
    async with publishing(hasty) as publisher:
        before, callers = _given_up(), Callers(publisher)
        own_kafka.kill()
        async with callers.calling(60):
            await eventually(lambda: _buffered() > 0)
            await eventually(lambda: _given_up() > before)
            await eventually(lambda: callers.told.total() > 2000)
            # one for each partition: pytest remembers a line of the log, whose error's traceback holds them
            assert _buffered() <= 6


@pytest.mark.parametrize(("ending", "going_on"), [("kill", "start"), ("pause", "resume")])
async def test_readiness_is_true_within_three_seconds(
    own_kafka: Kafka, settings: KafkaSettings, ending: str, going_on: str
) -> None:
    async with publishing(settings) as publisher:
        getattr(own_kafka, ending)()
        assert await until_not_ready(publisher, 3.1) == f"Kafka does not answer at {own_kafka.bootstrap}"
        getattr(own_kafka, going_on)()
        await until_ready(publisher)


@pytest.mark.parametrize("ending", ["kill", "pause"])
async def test_stopping_while_kafka_is_away_ends_soon_and_leaves_nothing(
    own_kafka: Kafka, settings: KafkaSettings, ending: str
) -> None:
    async with publishing(settings) as publisher:
        getattr(own_kafka, ending)()
        late = [asyncio.create_task(publisher.publish([saying(f"saying {n}")])) for n in range(20)]
        await asyncio.sleep(0)
        began = time.monotonic()
    told = await asyncio.gather(*late, return_exceptions=True)
    assert time.monotonic() - began < 4
    assert all(isinstance(each, Unavailable) for each in told)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_stopping_before_kafka_was_ever_there_ends_at_once() -> None:
    publisher = KafkaPublisher(KafkaSettings(bootstrap_servers=f"127.0.0.1:{free_port()}"))
    async with publisher.running():
        while "does not answer" not in await until_not_ready(publisher):
            await asyncio.sleep(0.02)
        began = time.monotonic()
    assert time.monotonic() - began < 1
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_what_is_on_its_way_when_the_process_stops_is_acknowledged(
    own_kafka: Kafka, settings: KafkaSettings
) -> None:
    async with publishing(settings) as publisher:
        last = [asyncio.create_task(publisher.publish([saying(f"saying {n}")])) for n in range(50)]
        await asyncio.sleep(0)
    await asyncio.gather(*last)
    assert len(await everything(own_kafka, EVENTS)) == 50


async def test_the_log_says_it_now_and_then(
    own_kafka: Kafka, settings: KafkaSettings, caplog: pytest.LogCaptureFixture
) -> None:
    async with publishing(settings) as publisher:
        own_kafka.kill()
        caplog.clear()
        with caplog.at_level(logging.WARNING, "aiokafka"):
            callers = Callers(publisher)
            async with callers.calling(5):
                await asyncio.sleep(3)
    said = Counter((r.name, str(r.msg)[:20]) for r in caplog.records if r.name.startswith("aiokafka"))
    assert said
    assert max(said.values()) <= 1
