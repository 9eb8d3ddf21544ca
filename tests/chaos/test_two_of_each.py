"""Two copies of each connector service and two workers: each thing once, whoever works on it and whoever sleeps."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from chaos.five import five_times_each
from chaos.group import Group
from chaos.installation import FLOWING_SECONDS, UNDER_LOAD, Installation, configuration, installed
from chaos.leases import Held, leases
from chaos.polls import Polls
from chaos.waiting import wait_calmly
from chaos.website import CONNECTOR
from distributed.processes import CONNECTORS, Copy
from parts.bot_api import BotApi
from parts.dovecot import Dovecot
from parts.kafka import Kafka

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]

POLLED = set(UNDER_LOAD) - {CONNECTOR}


@dataclass(frozen=True, slots=True)
class Doubled:
    """An installation with two of each, and who of them polls the bot."""

    installation: Installation
    polls: Polls
    database: str

    def leases(self) -> dict[str, Held]:
        return leases(self.database)

    def holders(self) -> dict[str, Copy]:
        """Return which copy polls which connector."""
        by_pid = {copy.process.pid: copy for copy in self.installation.product.all() if copy.process}
        return {connector: by_pid[held.pid] for connector, held in self.leases().items()}


@pytest.fixture(scope="module")
def running(
    tmp_path_factory: pytest.TempPathFactory, kafka: Kafka, prefix: str, database: str, sources: tuple[Dovecot, BotApi]
) -> Iterator[Doubled]:
    folder, (server, bot) = tmp_path_factory.mktemp("two-of-each"), sources
    polls = Polls(bot)
    with ExitStack() as stack:
        made = stack.enter_context(installed(folder, kafka.bootstrap, prefix, database, sources))
        for name in ("one", "two"):
            front = stack.enter_context(polls.front(name))
            (folder / f"{name}.yaml").write_text(configuration(server, front, bot.token), encoding="utf-8")
            for service in CONNECTORS:
                made.product.add(service, PEYVAND_CONFIG=f"{name}.yaml")
        made.product.add("timeline", 2)
        made.product.start()
        yield Doubled(made, polls, database)


def test_a_delivery_five_times_at_once_on_two_of_each_is_one_event(running: Doubled) -> None:
    made = running.installation
    urls = [copy.url for copy in made.product.copies["ingest-social"]]
    answered = [five_times_each(made, urls, number) for number in range(1, 11)]
    assert set.union(*answered) == {200}
    made.check()


@pytest.mark.long
def test_a_worker_that_joins_and_leaves_in_mid_batch(running: Doubled) -> None:
    made = running.installation
    group = Group(made.product.lag.bootstrap, made.product.lag.group)
    [third] = made.product.add("timeline")
    with made.load.on() as load:
        made.wait_until_flowing()
        third.launch()
        group.wait_until_dealt(members=3)
        load.flow(made.moments.uniform(0.5, 2))
        third.stop()
        group.wait_until_dealt(members=2)
        load.flow(made.moments.uniform(0.5, 2))
        third.launch()
        group.wait_until_dealt(members=3)
        third.kill()
        group.wait_until_dealt(members=2)
    made.check()


@pytest.mark.long
def test_a_copy_that_slept_beyond_its_lease_neither_polls_nor_writes(running: Doubled) -> None:
    made = running.installation
    with made.load.on() as load:
        made.wait_until_flowing()
        wait_calmly(lambda: running.leases().keys() >= POLLED, "a holder of every lease", FLOWING_SECONDS)
        before, sleepers, polled = running.leases(), running.holders(), len(running.polls.made)
        for copy in sleepers.values():
            copy.pause()
        wait_calmly(lambda: taken_over(before, running.leases()), "other copies' taking over", FLOWING_SECONDS)
        after = running.leases()
        made.wait_until_flowing()
        for copy in sleepers.values():
            copy.resume()
        load.flow(5)
        made.wait_until_flowing()
        woken = running.leases()
    assert {c: (h.holder, h.fence) for c, h in woken.items()} == {c: (h.holder, h.fence) for c, h in after.items()}
    assert len(running.polls.turns(polled)) <= 2
    assert len(set(running.polls.turns(polled))) == len(running.polls.turns(polled)), running.polls.turns(polled)
    made.check()


def taken_over(before: dict[str, Held], now: dict[str, Held]) -> bool:
    """Tell whether every lease has passed on."""
    return all(name in now and now[name].holder != held.holder for name, held in before.items())
