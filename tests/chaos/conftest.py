"""What an installation needs, once for all tests of a file."""

import uuid
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from conftest import not_run
from parts import kafka, postgres
from parts.bot_api import BotApi, bot_api
from parts.dovecot import Dovecot, dovecot
from parts.kafka_jars import Jars
from parts.missing import Missing


@pytest.fixture(scope="module")
def sources() -> Iterator[tuple[Dovecot, BotApi]]:
    """Give a mailbox and a bot."""
    with ExitStack() as running:
        try:
            server = running.enter_context(dovecot())
        except Missing as missing:
            not_run(missing)
        yield server, running.enter_context(bot_api())


@pytest.fixture(scope="module")
def prefix() -> str:
    return f"chaos-{uuid.uuid4().hex[:12]}."


@pytest.fixture(scope="module")
def database(postgres: postgres.Postgres) -> Iterator[str]:
    """Give a fresh database on the server that all tests share."""
    with postgres.database() as url:
        yield url


@pytest.fixture(scope="module")
def broker(kafka_jars: Jars) -> Iterator[kafka.Kafka]:
    """Give a Kafka of the file's own, to stop and kill."""
    with kafka.own_kafka(kafka_jars) as running:
        yield running
