"""Polling a Bot API over real HTTP: the vendor holds every update until it is durable with us."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from ingest_social.channels import bale, telegram
from parts.bot_api import BotApi
from peyvand.cursors import Cursor, Lease
from peyvand.errors import Unavailable
from peyvand.pull import BackOff, Pull
from peyvand.source import PullSource
from peyvand.testing import MemoryBlobs, MemoryCursors, MemoryPublisher
from social.accounts import ORGANISATION, private
from social.vendors import account, answering, batches, said, until

pytestmark = pytest.mark.real
QUICK = BackOff(first=0.02, most=0.05, refused=0.05)


def pull(
    bot: BotApi, publisher: MemoryPublisher, cursors: MemoryCursors, source: PullSource[Any] = telegram.POLLING
) -> Pull:
    settings = source.settings.model_validate({"token": bot.token, "base_url": bot.base_url, "poll_seconds": 5})
    return Pull("shop", source, settings, ORGANISATION, publisher, cursors, MemoryBlobs(), "me", back_off=QUICK)


@asynccontextmanager
async def running(connector: Pull) -> AsyncIterator[None]:
    task = asyncio.create_task(connector.run())
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def texts(publisher: MemoryPublisher) -> list[str | None]:
    return [event.text for event in publisher.events]


async def test_an_update_arrives_with_its_place_and_moves_the_cursor_past_it(bot: BotApi) -> None:
    number = bot.send(said(1))
    batch = await batches(telegram.POLLING, account(bot))
    [arrival] = batch.arrivals
    digest = hashlib.sha256(arrival.body).hexdigest()[:8]
    assert arrival.url == f"telegram://110201543/updates/{number}:{digest}"
    assert batch.cursor == {"offset": number + 1}


async def test_nothing_is_confirmed_before_it_is_durable(bot: BotApi) -> None:
    number = bot.send(said(1))
    fetched = telegram.POLLING.fetch(account(bot), None)
    await anext(fetched)
    assert bot.confirmed_offset == 0
    resumed = asyncio.ensure_future(anext(fetched))  # the runner resumes when the batch is durable
    await until(lambda: bot.confirmed_offset == number + 1)
    bot.send(said(2))
    assert len((await resumed).arrivals) == 1
    await fetched.aclose()  # type: ignore[attr-defined]


async def test_while_the_bus_is_away_the_vendor_keeps_everything(bot: BotApi) -> None:
    publisher, cursors = MemoryPublisher(away=True), MemoryCursors()
    numbers = [bot.send(said(n)) for n in range(1, 4)]
    async with running(pull(bot, publisher, cursors)):
        await until(lambda: len(bot.called("getUpdates")) >= 3)
        assert (bot.confirmed_offset, len(bot.pending), publisher.readings) == (0, 3, [])
        assert cursors.cursors == {}
        assert cursors.errors == {"shop": "the bus is away"}
        publisher.away = False
        await until(lambda: bot.confirmed_offset == numbers[-1] + 1)
    assert texts(publisher) == ["message 1", "message 2", "message 3"]
    assert cursors.cursors == {"shop": {"offset": numbers[-1] + 1}}
    assert cursors.errors == {}


async def test_a_restart_goes_on_where_the_last_run_ended(bot: BotApi) -> None:
    publisher, cursors = MemoryPublisher(), MemoryCursors()
    bot.send(said(1))
    async with running(pull(bot, publisher, cursors)):
        await until(lambda: len(publisher.events) == 1)
    bot.send(said(2))
    async with running(pull(bot, publisher, cursors)):
        await until(lambda: len(publisher.events) > 1)
    assert texts(publisher)[-1] == "message 2"
    assert bot.called("getUpdates")[-1].parameters["offset"] == str(bot.confirmed_offset)


class Forgetful(MemoryCursors):
    """Loses the first cursor that it is given, as when a process is killed before it is saved."""

    async def save(self, lease: Lease, cursor: Cursor) -> None:
        if self.cursors.setdefault("lost", cursor) is cursor:
            raise Unavailable("killed")
        await super().save(lease, cursor)


async def test_what_was_published_but_not_confirmed_comes_again_as_the_same_event(bot: BotApi) -> None:
    number, publisher = bot.send(said(1)), MemoryPublisher()
    async with running(pull(bot, publisher, Forgetful())):
        await until(lambda: bot.confirmed_offset == number + 1)
    first, second = publisher.readings
    assert first.events[0].event_id == second.events[0].event_id
    assert first.delivery.id == second.delivery.id


async def test_a_broken_update_does_not_stop_the_ones_after_it(bot: BotApi) -> None:
    publisher = MemoryPublisher()
    bot.send({"message": "nonsense"})
    bot.send({"message": {**private()["message"], "date": 10**30}})
    last = bot.send(said(3))
    async with running(pull(bot, publisher, MemoryCursors())):
        await until(lambda: bot.confirmed_offset == last + 1)
    assert [reading.kept is not None for reading in publisher.readings] == [True, True, False]


async def test_reactions_are_asked_for_by_name(bot: BotApi) -> None:
    async with running(pull(bot, MemoryPublisher(), MemoryCursors())):
        await until(lambda: "message_reaction" in bot.allowed_updates)
    assert "offset" not in bot.called("getUpdates")[0].parameters


async def test_a_poll_that_waits_is_left_at_once(bot: BotApi) -> None:
    async with asyncio.timeout(3):
        async with running(pull(bot, MemoryPublisher(), MemoryCursors())):
            await until(lambda: len(bot.called("getUpdates")) == 1)


async def test_bale_is_asked_without_names_and_without_an_offset(bot: BotApi) -> None:
    publisher = MemoryPublisher()
    bot.send(said(1))
    async with running(pull(bot, publisher, MemoryCursors(), bale.POLLING)):
        await until(lambda: len(publisher.events) == 1)
    assert set(bot.called("getUpdates")[0].parameters) == {"timeout", "limit"}
    assert publisher.events[0].channel == "bale"
    assert publisher.readings[0].delivery.url.startswith("bale://110201543/updates/")


async def test_an_update_that_bale_repeats_is_not_taken_twice(bot: BotApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BotApi, "_confirm", lambda _bot, _offset: None)  # a server that forgets nothing
    first = bot.send(said(1))
    batch = await batches(bale.POLLING, account(bot), {"offset": first + 1})
    assert (batch.arrivals, batch.cursor) == ((), {"offset": first + 1})


async def test_a_vendor_that_counts_anew_loses_nothing(bot: BotApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BotApi, "_confirm", lambda _bot, _offset: None)
    bot.send({**said(1), "update_id": 50})
    batch = await batches(bale.POLLING, account(bot), {"offset": 9_000_000})
    assert (len(batch.arrivals), batch.cursor) == (1, {"offset": 51})


async def test_another_update_under_an_old_number_is_another_delivery(bot: BotApi) -> None:
    publisher, cursors = MemoryPublisher(), MemoryCursors()
    bot.send({**said(1), "update_id": 50})
    async with running(pull(bot, publisher, cursors)):
        await until(lambda: bot.confirmed_offset == 51)
    bot.confirmed_offset = 0
    cursors.cursors.clear()
    bot.send({**said(2), "update_id": 50})
    async with running(pull(bot, publisher, cursors)):
        await until(lambda: bot.confirmed_offset == 51)
    assert texts(publisher) == ["message 1", "message 2"]
    assert len({reading.delivery.id for reading in publisher.readings}) == 2


async def test_half_a_surrogate_pair_is_kept_and_passed() -> None:
    async with answering(b'{"ok":true,"result":[{"update_id":7,"message":{"text":"\\ud83d"}}]}') as elsewhere:
        batch = await batches(telegram.POLLING, elsewhere)
    assert (batch.cursor, b"\\ud83d" in batch.arrivals[0].body) == ({"offset": 8}, True)


async def test_an_update_without_a_number_is_kept_and_moves_nothing() -> None:
    async with answering(b'{"ok":true,"result":[{"message":{}},5]}') as elsewhere:
        batch = await batches(telegram.POLLING, elsewhere, {"offset": 3})
    assert (len({arrival.url for arrival in batch.arrivals}), batch.cursor) == (2, {"offset": 3})
