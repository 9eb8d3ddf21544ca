"""What the environment says of the bus, and what it may not say."""

import pytest
from pydantic import ValidationError

from peyvand.environment import WrongEnvironment, told
from peyvand.kafka.settings import KafkaSettings


def test_without_servers_there_is_no_bus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KAFKA_BOOTSTRAP_SERVERS", raising=False)
    assert KafkaSettings().servers == []


def test_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "")
    monkeypatch.setenv("KAFKA_PARTITIONS", "")
    assert (KafkaSettings().bootstrap_servers, KafkaSettings().partitions) == (None, 12)


def test_servers_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "one:9092, two:9092,")
    assert KafkaSettings().servers == ["one:9092", "two:9092"]


def test_an_organisation_has_topics_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_TOPIC_PREFIX", "example.")
    assert KafkaSettings().topic("interactions.v1") == "example.interactions.v1"


@pytest.mark.parametrize("given", ["one", "one.example.ir:9092", "[::1]:9092, 127.0.0.1:9092", "kafka_1:9092,"])
def test_addresses_are_taken_as_they_are(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", given)
    assert KafkaSettings().bootstrap_servers == given


@pytest.mark.parametrize("given", ["127.0.0.1:http", "one:9092,two:", "one:99999", "kafka://one:9092", "one two"])
def test_what_is_no_address_is_said_in_words(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", given)
    with pytest.raises(WrongEnvironment, match=r"KAFKA_BOOTSTRAP_SERVERS: .*expected host:port"):
        told(KafkaSettings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KAFKA_TOPIC_PREFIX", "with space"),
        ("KAFKA_PARTITIONS", "0"),
        ("KAFKA_REPLICATION", "0"),
        ("KAFKA_RETENTION_HOURS", "0"),
        ("KAFKA_SEND_SECONDS", "0"),
        ("KAFKA_MOST_WAITING", "0"),
        ("KAFKA_SESSION_SECONDS", "1"),
    ],
)
def test_what_cannot_work_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError, match=name.removeprefix("KAFKA_").lower()):
        KafkaSettings()
