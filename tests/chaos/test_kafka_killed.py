"""Kafka killed under load, also with what it knew of its producers: nothing is lost, nothing is there twice."""

from collections.abc import Iterator

import pytest

from chaos.checker import check
from chaos.installation import OUTAGE, Installation, installed
from parts.bot_api import BotApi
from parts.dovecot import Dovecot
from parts.kafka import Kafka
from parts.loopback import wait_until

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def running(
    tmp_path_factory: pytest.TempPathFactory, broker: Kafka, prefix: str, database: str, sources: tuple[Dovecot, BotApi]
) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("kafka-killed")
    with installed(folder, broker.bootstrap, prefix, database, sources) as made:
        made.product.start()
        yield made


def test_kafka_killed_under_load_and_back(running: Installation, broker: Kafka) -> None:
    with running.load.on() as load:
        running.wait_until_flowing()
        load.flow(running.moments.uniform(0, 2))
        broker.kill()
        load.flow(OUTAGE)
        broker.start()
        running.wait_until_flowing()
    running.check()


@pytest.mark.long
def test_kafka_killed_with_what_it_knew_of_its_producers(running: Installation, broker: Kafka) -> None:
    """What is cut off is recorded already, and nobody sends meanwhile: no broker keeps what its disk has lost."""
    lag = running.product.lag
    with running.load.on() as load:
        running.wait_until_flowing()
        with load.paused():
            check(running.ledger, running.product)
            broker.kill()
            broker.lose_producer_state()
            broker.start()
            assert lag.is_ahead()
            wait_until(lambda: not lag.is_ahead(), "the workers' seeing that the bus ends earlier", 60)
        running.wait_until_flowing()
    assert "OutOfOrderSequenceNumber" in running.product.log
    running.check()
