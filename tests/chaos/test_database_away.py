"""The database stopped under load: webhooks go on, the consumers wait in their group, and nothing is given up.

A worker that waits with a batch in hand and is killed has given up nothing either.
"""

import time
from collections.abc import Iterator

import pytest

from chaos.checker import letter_faults
from chaos.group import Group, Seen
from chaos.installation import OUTAGE, Installation, installed
from conftest import not_run
from parts.bot_api import BotApi
from parts.dovecot import Dovecot
from parts.kafka import Kafka
from parts.missing import Missing
from parts.postgres import OwnPostgres, own_postgres

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def server() -> Iterator[OwnPostgres]:
    """Give a PostgreSQL of the file's own, to stop."""
    try:
        made = own_postgres(durable=True)
        with made as running:
            yield running
    except Missing as missing:
        not_run(missing)


@pytest.fixture(scope="module")
def running(
    tmp_path_factory: pytest.TempPathFactory, kafka: Kafka, prefix: str, server: OwnPostgres,
    sources: tuple[Dovecot, BotApi],
) -> Iterator[Installation]:  # fmt: skip
    """Give an installation with two workers."""
    folder = tmp_path_factory.mktemp("database-away")
    with server.database() as url, installed(folder, kafka.bootstrap, prefix, url, sources) as made:
        made.product.add("timeline", 2)
        made.product.start()
        yield made


def test_the_database_stopped_under_load_and_back(running: Installation, server: OwnPostgres) -> None:
    group = Group(running.product.lag.bootstrap, running.product.lag.group)
    waiting = running.product.copies["timeline"][0]
    with running.load.on() as load:
        running.wait_until_flowing()
        before = group.wait_until_dealt(members=2)
        load.flow(running.moments.uniform(0, 2))
        server.stop()
        stopped = time.monotonic()
        seen = watched(group, stopped + OUTAGE)
        taken = [a for website in running.websites for a in website.between(stopped, time.monotonic())]
        waiting.kill()  # with a batch in hand, which nobody else may take for recorded
        server.start()
        waiting.launch()
        waiting.wait_until_ready()
        running.wait_until_flowing()
    assert seen == {before}, "a member left the group, or its partitions"
    assert {a.status for a in taken} == {200}
    assert letter_faults(running.product) == []
    running.check()


def watched(group: Group, until: float) -> set[Seen]:
    """Return all that was seen of the group until then."""
    seen = set()
    while time.monotonic() < until:
        seen.add(group.seen())
        time.sleep(0.5)
    return seen
