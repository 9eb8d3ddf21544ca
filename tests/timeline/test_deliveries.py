"""Deliveries and what became of them, on both databases: what is kept can be seen, by those who may."""

from uuid import uuid4

import pytest

from making import START, customer, delivery, message, reading, telegram
from peyvand.delivery import Delivery
from peyvand.publish import Reading
from stores import Opened
from timeline.ports import Principal
from timeline.record import record

EVERYBODY = Principal("test")
SALES = Principal("sales", frozenset({"sales-bot"}))
WHY = "not JSON: unexpected end of data"


def kept(name: str, minutes: int = 0, connector: str = "shop-bot") -> Reading:
    return Reading(delivery(name, connector, minutes=minutes), kept=WHY)


async def _names(opened: Opened, who: Principal, connector: str | None, outcome: str | None) -> list[str]:
    page = await opened.timelines.deliveries(who, connector, outcome, None, 50)
    found = [await opened.timelines.delivery(EVERYBODY, line.id) for line in page.deliveries]
    return [f.delivery.body.decode() for f in found if f is not None]


async def _one_of_each(opened: Opened) -> None:
    stored = message("stored", [customer(telegram(1))], minutes=1)
    again = Delivery(uuid4(), "shop-bot", "telegram", START.replace(hour=20), b"again")
    await record([Reading(delivery("stored-created-", minutes=1), (stored,))], opened.store)
    await record([Reading(again, (stored,))], opened.store)
    await record([Reading(delivery("skipped", minutes=2), skipped="my_chat_member")], opened.store)
    await record([kept("kept", 3), kept("theirs", 4, "sales-bot")], opened.store)


async def test_deliveries_are_found_by_connector_and_by_outcome_newest_first(opened: Opened) -> None:
    await _one_of_each(opened)
    everything = ["again", "theirs", "kept", "skipped", "stored-created-"]
    assert await _names(opened, EVERYBODY, None, None) == everything
    assert await _names(opened, EVERYBODY, "shop-bot", None) == [n for n in everything if n != "theirs"]
    assert await _names(opened, EVERYBODY, None, "kept") == ["theirs", "kept"]
    assert await _names(opened, EVERYBODY, "shop-bot", "kept") == ["kept"]
    assert await _names(opened, EVERYBODY, "shop-bot", "duplicate") == ["again"]
    assert await _names(opened, EVERYBODY, "nobody", None) == []


async def test_a_line_says_the_rule_or_the_reason_and_the_size(opened: Opened) -> None:
    await record([Reading(delivery("skipped"), skipped="my_chat_member"), kept("k" * 5000, 1)], opened.store)
    page = await opened.timelines.deliveries(EVERYBODY, "shop-bot", None, None, 10)
    assert [(d.outcome, d.rule, d.why, d.size) for d in page.deliveries] == [
        ("kept", None, WHY, 5000),
        ("skipped", "my_chat_member", None, 7),
    ]


async def test_pages_hold_each_delivery_once_also_those_of_one_moment(opened: Opened) -> None:
    await record([kept(f"{n}", n // 4) for n in range(11)], opened.store)
    seen = []
    cursor: str | None = None
    for _ in range(4):
        page = await opened.timelines.deliveries(EVERYBODY, None, "kept", cursor, 3)
        seen += [(d.received_at, d.id) for d in page.deliveries]
        cursor = page.older
    assert cursor is None
    assert len(set(seen)) == 11
    assert seen == sorted(seen, reverse=True)


async def test_a_full_last_page_has_no_older_one(opened: Opened) -> None:
    await record([kept("1"), kept("2", 1)], opened.store)
    assert (await opened.timelines.deliveries(EVERYBODY, None, None, None, 2)).older is None


async def test_who_may_not_see_a_connector_sees_none_of_its_deliveries(opened: Opened) -> None:
    await _one_of_each(opened)
    assert await _names(opened, SALES, None, None) == ["theirs"]
    assert await _names(opened, SALES, "shop-bot", None) == []
    assert await opened.timelines.delivery(SALES, delivery("kept").id) is None
    assert await _names(opened, Principal("nobody", frozenset()), None, None) == []


async def test_a_delivery_is_as_it_arrived_with_the_events_that_stand_because_of_it(opened: Opened) -> None:
    event = message("1", [customer(telegram(1))])
    headers = {"content-type": "application/json"}
    sent = Delivery(
        event.delivery_id, "shop-bot", "telegram", START, b"\x00\xff raw " * 40, "http://x/hook", "POST", headers
    )
    await record([Reading(sent, (event,))], opened.store)
    found = await opened.timelines.delivery(EVERYBODY, sent.id)
    assert found is not None
    assert (found.delivery, found.outcome, found.events) == (sent, "stored", (event,))
    assert await opened.timelines.delivery(EVERYBODY, uuid4()) is None


async def test_a_body_elsewhere_is_named_and_has_no_size(opened: Opened) -> None:
    ref = "sha256:" + "0" * 64
    await record([Reading(Delivery(uuid4(), "box", "imap", START, b"", body_ref=ref), kept=WHY)], opened.store)
    (line,) = (await opened.timelines.deliveries(EVERYBODY, None, None, None, 5)).deliveries
    assert (line.size, line.body_ref) == (None, ref)


async def test_what_is_read_after_repair_is_kept_no_more(opened: Opened) -> None:
    event = message("1", [customer(telegram(1))])
    first = reading(event).delivery
    await record([Reading(first, kept=WHY)], opened.store)
    await record([reading(event)], opened.store)
    assert await _names(opened, EVERYBODY, None, "kept") == []
    assert await _names(opened, EVERYBODY, None, "stored") == ["raw"]


@pytest.mark.parametrize("cursor", ["x", "AAAA", "!!!", "۱۲۳"])
async def test_a_cursor_that_is_none_is_refused(opened: Opened, cursor: str) -> None:
    with pytest.raises(ValueError, match="cursor"):
        await opened.timelines.deliveries(EVERYBODY, None, None, cursor, 5)
