"""Kafka stopped under load: a service without a spool says 503 and never 2xx, one with a spool takes everything."""

import time
from collections.abc import Iterator

import httpx
import pytest

from chaos.installation import OUTAGE, Installation, installed
from chaos.website import Website
from distributed.processes import Copy
from parts.bot_api import BotApi
from parts.dovecot import Dovecot
from parts.kafka import Kafka
from parts.loopback import wait_until

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def running(
    tmp_path_factory: pytest.TempPathFactory, broker: Kafka, prefix: str, database: str, sources: tuple[Dovecot, BotApi]
) -> Iterator[Installation]:
    """Give an installation whose second website posts to a copy of ingest-social that has a spool."""
    folder = tmp_path_factory.mktemp("kafka-stopped")
    with installed(folder, broker.bootstrap, prefix, database, sources) as made:
        [plain] = made.product.add("ingest-social")
        [spooling] = made.product.add("ingest-social", PEYVAND_SPOOL=str(folder / "spool"))
        unspooled, spooled = made.websites
        unspooled.address, spooled.address = lambda: plain.url, lambda: spooling.url
        made.product.start()
        yield made


def test_kafka_stopped_under_load_and_back(running: Installation, broker: Kafka) -> None:
    unspooled, spooled = running.websites
    _, spooling = running.product.copies["ingest-social"]
    with running.load.on() as load:
        running.wait_until_flowing()
        broker.stop()
        stopped = time.monotonic()
        load.flow(running.moments.uniform(0, OUTAGE / 2))
        killed = time.monotonic()
        kill_while_it_spools(spooling, spooled)
        load.flow(OUTAGE - (time.monotonic() - stopped))
        back = time.monotonic()
        broker.start()
        running.wait_until_flowing()
        wait_until(lambda: drained(spooling), "an empty spool", 60)
    refused = unspooled.between(stopped, back)
    assert {a.status for a in refused} == {503}
    assert all(a.retry_after for a in refused)
    assert {a.status for a in spooled.between(stopped, killed)} <= {200}
    running.check()


def kill_while_it_spools(spooling: Copy, website: Website) -> None:
    """Kill it while it takes posts, start it again, and return once it has taken more."""
    since = time.monotonic()
    wait_until(lambda: len(website.between(since, time.monotonic())) > 2, "posts that are spooled")
    spooling.kill()
    spooling.launch()
    spooling.wait_until_ready()
    started = time.monotonic()
    wait_until(lambda: len(website.between(started, time.monotonic())) > 2, "posts after the start")
    taken = website.between(since, time.monotonic())
    assert {a.status for a in taken} == {200}, taken


def drained(copy: Copy) -> bool:
    return httpx.get(f"{copy.url}/health/drained", timeout=10, trust_env=False).status_code == 200
