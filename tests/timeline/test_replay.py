"""Kept raw deliveries through today's normaliser."""

from dataclasses import replace
from datetime import timedelta

import pytest

from making import START, customer, delivery, message, mobile, reading, telegram
from peyvand.event import Party
from peyvand.publish import Reading
from stores import Opened
from timeline.ports import Chosen, Principal, Raw
from timeline.record import record
from timeline.replay import Replayed, replay, replay_one

EVERYBODY = Principal("test")


async def _balanced(opened: Opened) -> bool:
    (health,) = await opened.timelines.health(EVERYBODY, ["shop-bot"])
    return health.books.balanced


async def _replay(opened: Opened, chosen: Chosen, says: Reading) -> Replayed:
    async def read_again(raw: Raw) -> Reading:
        return replace(says, delivery=raw.delivery)

    return [done async for done in replay(opened.store, chosen, read_again)][-1]


async def _handles(opened: Opened) -> list[list[str]]:
    return [sorted(h.value for h in hit.customer.handles) for hit in await opened.timelines.recent(EVERYBODY, 9)]


async def test_what_a_delivery_says_no_more_is_retracted_with_its_evidence(opened: Opened) -> None:
    sent = delivery("two")
    a = message("a", [customer(telegram(5), mobile("09123456789"))], "a", 1, delivery=sent)
    b = message("b", [customer(telegram(6), mobile("09123456789"))], "b", 2, delivery=sent)
    await record([Reading(sent, (a, b))], opened.store)
    assert await _handles(opened) == [["+989123456789", "5", "6"]]
    assert await _replay(opened, Chosen(), Reading(sent, (b,))) == Replayed(1, 0, 1, 0)
    assert await _handles(opened) == [["+989123456789", "6"]]
    assert await _balanced(opened)


async def test_a_kept_delivery_that_can_be_read_today_stands_on_a_timeline(opened: Opened) -> None:
    one = message("1", [customer(telegram(5))])
    await record([replace(reading(one), events=(), kept="not JSON")], opened.store)
    assert await _replay(opened, Chosen(only_kept=True), reading(one)) == Replayed(1, 1, 0, 0)
    assert await _handles(opened) == [["5"]]
    (health,) = await opened.timelines.health(EVERYBODY, ["shop-bot"])
    assert (health.books.stored, health.books.kept) == (1, 0)


async def test_a_replay_that_says_the_same_changes_nothing(opened: Opened) -> None:
    one = message("1", [customer(telegram(5))])
    await record([reading(one)], opened.store)
    end = await opened.timelines.feed_end()
    assert await _replay(opened, Chosen(), reading(one)) == Replayed(1, 0, 0, 0)
    assert await opened.timelines.feed_end() == end


async def test_what_cannot_be_read_today_takes_nothing_away(opened: Opened) -> None:
    one = message("1", [customer(telegram(5))])
    await record([reading(one)], opened.store)
    assert await _replay(opened, Chosen(), Reading(delivery("x"), kept="a bug")) == Replayed(1, 0, 0, 1)
    assert await _handles(opened) == [["5"]]
    assert await _balanced(opened)


async def test_a_delivery_skipped_today_leaves_the_timeline(opened: Opened) -> None:
    one = message("1", [customer(telegram(5))])
    await record([reading(one)], opened.store)
    await _replay(opened, Chosen(), Reading(delivery("x"), skipped="service message"))
    assert await _handles(opened) == []
    (health,) = await opened.timelines.health(EVERYBODY, ["shop-bot"])
    assert health.books.skipped == {"service message": 1}
    assert health.books.balanced


async def test_only_the_chosen_deliveries_are_read_again(opened: Opened) -> None:
    await record([reading(message("1", [customer(telegram(5))], minutes=1))], opened.store)
    await record([reading(message("2", [customer(telegram(6))], minutes=9, connector="other"))], opened.store)
    for chosen in (Chosen(connector="other"), Chosen(since=START + timedelta(minutes=5))):
        (raw,) = await opened.store.deliveries(chosen, None, 10)
        assert (raw.delivery.connector, raw.delivery.body) == ("other", b"raw")
    assert await opened.store.deliveries(Chosen(only_kept=True), None, 10) == []


BOTH, ONE = customer(telegram(5), mobile("09123456789")), customer(telegram(5))


@pytest.mark.parametrize(("before", "after"), [(BOTH, ONE), (ONE, BOTH)], ids=["a handle less", "a handle more"])
async def test_what_a_delivery_says_otherwise_today_stands_though_no_revision_rose(
    opened: Opened, before: Party, after: Party
) -> None:
    old = message("1", [before])
    await record([reading(old)], opened.store)
    assert await _replay(opened, Chosen(), reading(message("1", [after]))) == Replayed(1, 1, 0, 0)
    assert await _handles(opened) == [sorted(h.value for h in after.handles)]
    assert await _balanced(opened)


async def test_a_reading_of_a_later_revision_is_not_undone_by_an_older_one(opened: Opened) -> None:
    old = message("1", [customer(telegram(5))], "by the older")
    await record([reading(old.model_copy(update={"normaliser": 2, "text": "by the later"}))], opened.store)
    assert await _replay(opened, Chosen(), reading(old)) == Replayed(1, 0, 0, 0)
    (hit,) = await opened.timelines.recent(EVERYBODY, 9)
    assert hit.last is not None
    assert hit.last.text == "by the later"


async def test_what_another_delivery_says_by_now_is_not_retracted(opened: Opened) -> None:
    one = message("1", [customer(telegram(5))])
    await record([reading(one)], opened.store)
    (raw,) = await opened.store.deliveries(Chosen(), None, 10)
    better = one.model_copy(update={"delivery_id": delivery("later").id, "source_revision": 1})
    await record([Reading(delivery("later"), (better,))], opened.store)
    done = await replay_one(opened.store, raw, Reading(raw.delivery, skipped="a rule of today"))
    assert done == Replayed(1, 0, 0, 0)
    assert await _handles(opened) == [["5"]]
    assert await _balanced(opened)
