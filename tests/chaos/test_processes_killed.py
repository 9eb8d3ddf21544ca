"""Each process killed in mid-flow, at moments that nobody chose, and started again."""

from collections.abc import Iterator

import pytest

from chaos.installation import Installation, installed
from parts.bot_api import BotApi
from parts.dovecot import Dovecot
from parts.kafka import Kafka

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def running(
    tmp_path_factory: pytest.TempPathFactory, kafka: Kafka, prefix: str, database: str, sources: tuple[Dovecot, BotApi]
) -> Iterator[Installation]:
    """Give an installation with two workers."""
    folder = tmp_path_factory.mktemp("processes-killed")
    with installed(folder, kafka.bootstrap, prefix, database, sources) as made:
        made.product.add("timeline", 2)
        made.product.start()
        yield made


def test_each_process_killed_in_mid_flow(running: Installation) -> None:
    moments, victims = running.moments, running.product.all()
    moments.shuffle(victims)
    with running.load.on() as load:
        running.wait_until_flowing()
        for copy in victims:
            load.flow(moments.uniform(0.1, 1.5))
            copy.kill()
            load.flow(moments.uniform(0.1, 1))
            copy.launch()
        for copy in victims:
            copy.wait_until_ready()
        running.wait_until_flowing()
    running.check()
