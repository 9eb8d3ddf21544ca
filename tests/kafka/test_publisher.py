"""What the publisher says is acknowledged can be read; what is too large, or too much at once, is said so."""

import asyncio
from dataclasses import replace

import pytest

from making import delivery
from parts.kafka import Kafka
from peyvand.errors import BadPayload, Unavailable
from peyvand.kafka.admin import administering
from peyvand.kafka.connection import Connection
from peyvand.kafka.limits import LARGEST, ROOM, fitting, portions, size
from peyvand.kafka.publisher import KafkaPublisher
from peyvand.kafka.settings import KafkaSettings
from peyvand.kafka.topics import provision
from peyvand.publish import Reading
from peyvand.wire import DEAD, DELIVERIES, EVENTS, Record, receipt_from, records
from publishing import everything, publishing, saying, until_not_ready, until_ready


@pytest.fixture
def settings(kafka: Kafka, topic_prefix: str) -> KafkaSettings:
    return KafkaSettings(bootstrap_servers=kafka.bootstrap, topic_prefix=topic_prefix, partitions=3)


@pytest.mark.real
async def test_what_is_acknowledged_can_be_read_by_a_plain_consumer(kafka: Kafka, settings: KafkaSettings) -> None:
    sayings = [saying("first"), saying("second"), Reading(delivery("third"), skipped="a rule")]
    async with publishing(settings) as publisher:
        await publisher.publish(sayings)
    found = await everything(kafka, settings.topic(EVENTS), settings.topic(DELIVERIES))
    read = {Record(r.topic.removeprefix(settings.topic_prefix), r.key, r.value, tuple(r.headers)) for r in found}
    assert read == {record for each in sayings for record in records(each)}
    assert len(found) == 5


async def test_a_producer_that_cannot_even_be_ended_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Unending] = []

    async def opening(_settings: KafkaSettings) -> Unending:
        opened.append(Unending())
        return opened[-1]

    monkeypatch.setattr(Connection, "open", opening)
    async with asyncio.timeout(5), KafkaPublisher(KafkaSettings(bootstrap_servers="nowhere:9092")).running():
        while len(opened) < 3:
            await asyncio.sleep(0)


class Unending:
    """A connection that is given up at once, and whose end fails."""

    async def given_up(self) -> str:
        await asyncio.sleep(0)
        return "the producer failed"

    async def end(self) -> None:
        raise RuntimeError

    async def flush(self) -> None:
        pass


@pytest.mark.real
async def test_without_its_topics_the_bus_is_not_ready_and_makes_none(kafka: Kafka, settings: KafkaSettings) -> None:
    publisher = KafkaPublisher(settings)
    async with publisher.running():
        while "topic" not in await until_not_ready(publisher):
            await asyncio.sleep(0.02)
        with pytest.raises(Unavailable, match=r"has no topic .*interactions\.v1"):
            await publisher.publish([saying("too early")])
        async with administering(settings, 5) as admin:
            assert not await admin.topics([settings.topic(EVENTS)])
        await provision(settings)
        await until_ready(publisher)
        await publisher.publish([saying("in time")])


@pytest.mark.real
async def test_a_topic_of_another_name_is_refused(settings: KafkaSettings) -> None:
    async with publishing(settings) as publisher:
        with pytest.raises(Unavailable, match="has no topic"):
            await publisher.send([Record("nobody.v1", b"key", b"value", ())])


@pytest.mark.real
async def test_the_largest_record_travels_and_a_dead_letter_of_it_too(kafka: Kafka, settings: KafkaSettings) -> None:
    largest = Record(EVENTS, b"0123456789abcdef", bytes(LARGEST - 16), ())
    letter = largest._replace(topic=DEAD, headers=(("x-error", b"x" * 10_000),))
    async with publishing(settings) as publisher:
        await publisher.send([largest])
        await publisher.send([letter])
    found = await everything(kafka, settings.topic(EVENTS), settings.topic(DEAD))
    assert sorted(size(Record("", r.key, r.value, ())) for r in found) == [LARGEST, LARGEST]


@pytest.mark.real
async def test_a_record_beyond_that_is_refused_for_good_and_costs_nobody_else(settings: KafkaSettings) -> None:
    async with publishing(settings) as publisher:
        with pytest.raises(BadPayload, match="larger than the bus takes"):
            await publisher.send([Record(DEAD, b"key", bytes(LARGEST + ROOM), ())])
        await publisher.publish([saying("another")])


@pytest.mark.real
async def test_an_event_too_large_keeps_its_delivery_for_repair(kafka: Kafka, settings: KafkaSettings) -> None:
    async with publishing(settings) as publisher:
        await publisher.publish([saying("long", "x" * (LARGEST + 1)), saying("short")])
    found = await everything(kafka, settings.topic(EVENTS), settings.topic(DELIVERIES))
    told = [receipt_from(r.value) for r in found if r.topic.endswith(DELIVERIES)]
    kept = [receipt for receipt in told if receipt.delivery.id == saying("long").delivery.id]
    assert len(found) == 3
    assert [(r.events, str(r.kept)[:9], str(r.kept)[-41:]) for r in kept] == [
        ((), "its event", f"bytes is larger than the bus takes ({LARGEST})"[-41:])
    ]


@pytest.mark.real
async def test_what_a_topic_of_other_makers_takes_is_asked_of_the_broker(kafka: Kafka, settings: KafkaSettings) -> None:
    await provision(settings)
    async with administering(settings, 5) as admin:
        [topic] = (await admin.topics([settings.topic(EVENTS)])).values()
        await admin.set(topic, {"max.message.bytes": "1048588"})
        async with asyncio.timeout(20):  # a broker shows what was set when it has read it from its log
            while topic.settings.get("max.message.bytes") != "1048588":
                [topic] = (await admin.topics([settings.topic(EVENTS)])).values()
    publisher = KafkaPublisher(settings)
    async with publisher.running():
        await until_ready(publisher)
        await publisher.publish([saying("long", "x" * 1_040_000), saying("short")])
    found = await everything(kafka, settings.topic(EVENTS), settings.topic(DELIVERIES))
    assert sorted(r.topic.removeprefix(settings.topic_prefix) for r in found) == [DELIVERIES, DELIVERIES, EVENTS]


def test_a_receipt_too_large_is_cut_by_its_headers_and_says_so() -> None:
    long = replace(delivery("long"), headers={"x-long": "x" * 5000}, url="https://example.ir/")
    [told] = fitting(Reading(long, skipped="a rule"), 3000)
    receipt = receipt_from(told.value)
    assert receipt.delivery == delivery("long")
    assert receipt.skipped is None
    assert receipt.kept is not None
    assert receipt.kept.endswith("its headers and its address were cut")


def test_why_it_was_kept_before_is_not_forgotten() -> None:
    [told] = fitting(Reading(replace(delivery("long"), url="x" * 5000), kept="not JSON"), 3000)
    assert str(receipt_from(told.value).kept).startswith("not JSON; its receipt of ")


def test_what_nothing_can_be_cut_from_is_refused_in_words() -> None:
    with pytest.raises(BadPayload, match=r"this delivery of .* bytes is larger than the bus takes"):
        fitting(Reading(replace(delivery("long"), body=b"x" * 5000)), 3000)


def test_many_bytes_go_in_portions_in_their_order() -> None:
    told = [Record(EVENTS, b"", bytes(n), ()) for n in (4, 5, 12, 1, 9, 1)]
    assert [[size(r) for r in each] for each in portions(told, 10)] == [[4, 5], [12], [1, 9], [1]]


def test_nothing_is_no_portion() -> None:
    assert list(portions([])) == []
