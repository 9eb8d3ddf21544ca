"""Topics are made as they are configured, put right when they differ, and say how safe they are."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping

import pytest

from parts.kafka import Kafka
from parts.loopback import free_port
from peyvand.errors import Unavailable
from peyvand.kafka.admin import Topic, administering
from peyvand.kafka.durability import durability, judged
from peyvand.kafka.provisioning import provision, wanted
from peyvand.kafka.settings import KafkaSettings
from peyvand.wire import DEAD, DELIVERIES, EVENTS, TOPICS

DAY_MS = 24 * 3600 * 1000


@pytest.fixture
def settings(kafka: Kafka, topic_prefix: str) -> KafkaSettings:
    return KafkaSettings(bootstrap_servers=kafka.bootstrap, topic_prefix=topic_prefix, partitions=5, retention_hours=48)


async def _topics(settings: KafkaSettings) -> dict[str, Topic]:
    async with administering(settings, 10) as admin:
        found = await admin.topics(map(settings.topic, TOPICS))
    return {name.removeprefix(settings.topic_prefix): topic for name, topic in found.items()}


@pytest.mark.real
async def test_topics_are_made_with_their_partitions_and_retention(settings: KafkaSettings) -> None:
    made = await provision(settings)
    topics = await _topics(settings)
    assert (len(made.done), made.differs) == (3, ())
    assert {name: topic.partitions for name, topic in topics.items()} == {EVENTS: 5, DELIVERIES: 5, DEAD: 3}
    retention = {name: int(topic.settings["retention.ms"] or 0) // DAY_MS for name, topic in topics.items()}
    assert retention == {EVENTS: 2, DELIVERIES: 2, DEAD: 30}
    assert {topic.settings["flush.messages"] for topic in topics.values()} == {"1"}
    assert await durability(settings) == judged(topics[EVENTS])


@pytest.mark.real
async def test_making_them_again_does_nothing(settings: KafkaSettings) -> None:
    await provision(settings)
    assert await provision(settings) == await provision(settings)
    assert not (await provision(settings)).done


@pytest.mark.real
async def test_what_differs_is_put_right_and_what_is_not_ours_stays(settings: KafkaSettings) -> None:
    async with administering(settings, 10) as admin:
        own = {"flush.messages": "9", "retention.ms": "1000000", "segment.ms": "77777777"}
        await admin.create(settings.topic(EVENTS), 2, 1, own)
    made = await provision(settings)
    topic = (await _topics(settings))[EVENTS]
    assert topic.partitions == 5
    assert {name: topic.settings[name] for name in own} == {
        "flush.messages": "1",
        "retention.ms": str(2 * DAY_MS),
        "segment.ms": "77777777",
    }
    assert f"{topic.name}: 5 partitions instead of 2" in made.done
    assert f"{topic.name}: flush.messages is 1, was 9" in made.done


@pytest.mark.real
async def test_what_cannot_be_put_right_is_said(settings: KafkaSettings) -> None:
    await provision(settings.model_copy(update={"partitions": 7}))
    made = await provision(settings.model_copy(update={"replication": 3}))
    assert any("has 7 partitions, not 5: Kafka can take none away" in line for line in made.differs)
    assert any("has 1 copies of each record, not 3" in line for line in made.differs)
    # and what was there goes on working: one broker cannot have two copies
    assert (await _topics(settings))[EVENTS].settings["min.insync.replicas"] == "1"


@pytest.mark.real
async def test_more_copies_than_brokers_are_refused_in_kafkas_words(settings: KafkaSettings) -> None:
    with pytest.raises(Unavailable, match=r"did not create .* only 1 broker\(s\) are registered"):
        await provision(settings.model_copy(update={"replication": 3}))


@pytest.mark.real
async def test_topics_that_do_not_flush_on_one_broker_are_not_durable(settings: KafkaSettings) -> None:
    await provision(settings)
    async with administering(settings, 10) as admin:
        for topic in (await admin.topics([settings.topic(DELIVERIES)])).values():
            await admin.set(topic, {"flush.messages": "1000"})
    async with asyncio.timeout(20):  # a broker shows what was set when it has read it from its log
        while (held := await durability(settings)).durable:
            await asyncio.sleep(0.05)
    assert held.words == "one broker that does not flush: a power failure can lose what was acknowledged"


@pytest.mark.real
async def test_topics_that_are_not_there_are_not_durable(settings: KafkaSettings) -> None:
    held = await durability(settings)
    assert (held.durable, held.words.count("no topic")) == (False, 2)


@pytest.mark.parametrize(
    ("copies", "own", "durable", "words"),
    [
        (3, {"min.insync.replicas": "2"}, True, "3 copies, 2 must have it"),
        (2, {"min.insync.replicas": "1", "flush.messages": "1"}, True, "2 copies, one must have it and flushes"),
        (3, {"min.insync.replicas": "1"}, False, "3 copies, one is enough and does not flush"),
        (1, {"min.insync.replicas": "2", "flush.messages": "1"}, True, "one broker that flushes every message"),
        (1, {"min.insync.replicas": "1"}, False, "one broker that does not flush"),
    ],
)
def test_what_copies_and_flushes_promise(copies: int, own: Mapping[str, str], durable: bool, words: str) -> None:
    held = judged(Topic(EVENTS, 12, copies, own, own))
    assert held.durable == durable
    assert held.words.startswith(words)


def test_three_copies_need_two_and_no_flush() -> None:
    told = wanted(KafkaSettings(), EVENTS, 3)
    assert (told["min.insync.replicas"], "flush.messages" in told) == ("2", False)


def _command(**environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "peyvand.kafka.topics"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KAFKA_")}
    return subprocess.run(command, env=kept | environment, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.real
def test_the_command_makes_them_and_says_how_safe_they_are(settings: KafkaSettings) -> None:
    environment = {
        "KAFKA_BOOTSTRAP_SERVERS": str(settings.bootstrap_servers),
        "KAFKA_TOPIC_PREFIX": settings.topic_prefix,
    }
    ended = _command(**environment)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.splitlines()[-1] == "durable: one broker that flushes every message"
    assert "interactions.v1: created with 12 partitions" in ended.stdout
    assert _command(**environment).stdout.startswith("the topics were as configured\n")
    assert _command(**environment, KAFKA_PARTITIONS="4").returncode == 1


@pytest.mark.parametrize("environment", [{}, {"KAFKA_BOOTSTRAP_SERVERS": "one:9092", "KAFKA_PARTITIONS": "few"}])
def test_the_command_refuses_what_cannot_be_tried(environment: dict[str, str]) -> None:
    ended = _command(**environment)
    assert ended.returncode == 2
    assert ended.stderr.startswith("KAFKA_")


async def test_brokers_that_are_not_there_are_waited_for_as_long_as_told() -> None:
    settings = KafkaSettings(bootstrap_servers=f"127.0.0.1:{free_port()}")
    with pytest.raises(Unavailable, match=r"did not answer at 127\.0\.0\.1:\d+ within 0\.5 s"):
        await provision(settings, wait_seconds=0.5)
