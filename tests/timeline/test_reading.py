"""Pages, search, the feed and who may see what, on both databases."""

from datetime import timedelta
from uuid import UUID

import pytest

from making import START, address, customer, message, mobile, reading, telegram
from peyvand.event import Change, Direction, InteractionEvent
from peyvand.identity import Proof
from stores import Opened
from timeline.ports import Filters, Principal
from timeline.record import record

EVERYBODY = Principal("test")
SALES = Principal("sales", frozenset({"sales-bot"}))


async def _record(opened: Opened, *events: InteractionEvent) -> None:
    await record([reading(e) for e in events], opened.store)


async def _customer(opened: Opened, who: Principal = EVERYBODY) -> UUID:
    hits = await opened.timelines.recent(who, 10)
    assert len(hits) == 1
    return hits[0].customer.id


async def _walk(opened: Opened, customer_id: UUID, filters: Filters, limit: int) -> list[str | None]:
    texts: list[str | None] = []
    cursor: str | None = None
    while True:
        page = await opened.timelines.page(EVERYBODY, customer_id, filters, cursor, limit)
        texts += [e.text for e in page.entries]
        cursor = page.older
        if cursor is None:
            return texts


async def test_pages_walk_the_whole_timeline_newest_first_over_several_handles(opened: Opened) -> None:
    both = customer(telegram(1), mobile("09123456789"))
    events = [message(f"{n}", [both if n % 5 == 0 else customer(telegram(1))], str(n), n // 2) for n in range(23)]
    await _record(opened, *events)
    walked = await _walk(opened, await _customer(opened), Filters(), 4)
    assert sorted((t or "" for t in walked), key=int) == [str(n) for n in range(23)]
    minutes = [int(t or 0) // 2 for t in walked]
    assert minutes == sorted(minutes, reverse=True)


async def test_filters_narrow_by_channel_direction_and_time(opened: Opened) -> None:
    who = [customer(mobile("09123456789"))]
    await _record(
        opened,
        message("1", who, "a", 1, channel="telegram"),
        message("2", who, "b", 2, channel="phone", direction=Direction.OUTBOUND),
        message("3", who, "c", 3, channel="phone"),
    )
    found = await _customer(opened)
    assert await _walk(opened, found, Filters(channels=frozenset({"phone"})), 10) == ["c", "b"]
    assert await _walk(opened, found, Filters(directions=frozenset({Direction.OUTBOUND})), 10) == ["b"]
    window = Filters(since=START + timedelta(minutes=2), until=START + timedelta(minutes=3))
    assert await _walk(opened, found, window, 10) == ["b"]


@pytest.mark.parametrize("cursor", ["x", "AAAA", "!!!", "۱۲۳", "A" * 500])
async def test_a_cursor_that_is_none_is_refused(opened: Opened, cursor: str) -> None:
    await _record(opened, message("1", [customer(telegram(1))]))
    with pytest.raises(ValueError, match="cursor"):
        await opened.timelines.page(EVERYBODY, await _customer(opened), Filters(), cursor, 5)
    with pytest.raises(ValueError, match="cursor"):
        await opened.timelines.changes(EVERYBODY, None, cursor, 5)


@pytest.mark.parametrize(
    "query",
    [
        "0912 345 6789",
        "+989123456789",
        "۰۹۱۲۳۴۵۶۷۸۹",
        "00989123456789",
        "989123456789",
        "3456789",
        "A.B@x.ir",
        "a.b@",
        "مريم",
        "مریم احم",
        "كتاب",
        "کتاب ۱۲۳",
        "kitab",
    ],
)
async def test_a_customer_is_found_by_any_writing(opened: Opened, query: str) -> None:
    who = customer(mobile("09123456789"), address("a.b@x.ir"), name="مریم احمدی")
    await _record(
        opened, message("1", [who], "سفارش کتاب 123 رسید، Kitab"), message("2", [customer(telegram(9))], "other")
    )
    hits = await opened.timelines.search(EVERYBODY, query, 10)
    assert [h.customer.name for h in hits] == ["مریم احمدی"]


async def test_a_line_that_matches_is_shown(opened: Opened) -> None:
    await _record(opened, message("1", [customer(telegram(1))], "first line\nthe parcel has come\nlast"))
    (hit,) = await opened.timelines.search(EVERYBODY, "PARCEL", 10)
    assert hit.line == "the parcel has come"


@pytest.mark.parametrize("near", [0, 1, 100])
async def test_a_word_is_found_however_few_or_many_hold_it(
    opened: Opened, near: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("timeline.store.finding.NEAR", near)
    monkeypatch.setattr("timeline.store.finding.RECENT", 2)
    texts = ["rare often", "often", "seldom often", "often", "seldom often"]
    for n, said in enumerate(texts):
        await _record(opened, message(str(n), [customer(telegram(n))], said, n))

    async def found(query: str) -> list[str]:
        return [hit.line for hit in await opened.timelines.search(EVERYBODY, query, 9)]

    assert await found("rare") == ["rare often"]
    assert await found("seldom") == ["seldom often", "seldom often"]
    assert await found("ofte") == ["seldom often", "often"]


@pytest.mark.parametrize("query", ["", "   ", '"', "a OR", "NEAR(", "* *", "'; DROP TABLE handle; --", "%", "ـ"])
async def test_no_query_breaks_the_search(opened: Opened, query: str) -> None:
    await _record(opened, message("1", [customer(telegram(1))], "text"))
    assert await opened.timelines.search(EVERYBODY, query, 10) == []


async def test_words_that_were_edited_away_are_not_found(opened: Opened) -> None:
    who = [customer(telegram(1))]
    await _record(opened, message("1", who, "alpha"))
    await _record(opened, message("1", who, "beta", 1, change=Change.EDITED, order="1"))
    assert await opened.timelines.search(EVERYBODY, "alpha", 10) == []
    assert len(await opened.timelines.search(EVERYBODY, "beta", 10)) == 1


async def test_the_feed_resumes_without_a_gap(opened: Opened) -> None:
    await _record(opened, message("1", [customer(telegram(1))], "one"))
    start = await opened.timelines.feed_end()
    await _record(opened, message("2", [customer(telegram(1))], "two"), message("x", [customer(telegram(2))], "other"))
    found = (await opened.timelines.search(EVERYBODY, "one", 1))[0].customer.id
    first = await opened.timelines.changes(EVERYBODY, found, start, 100)
    assert [e.text for e in first.entries] == ["two"]
    await _record(opened, message("3", [customer(telegram(1))], "three"))
    second = await opened.timelines.changes(EVERYBODY, found, first.cursor, 100)
    assert [e.text for e in second.entries] == ["three"]
    third = await opened.timelines.changes(EVERYBODY, found, second.cursor, 100)
    assert (third.entries, third.cursor) == ((), second.cursor)


async def test_the_feed_tells_when_customers_are_regrouped(opened: Opened) -> None:
    await _record(
        opened, message("1", [customer(telegram(1))], minutes=1), message("2", [customer(telegram(2))], minutes=2)
    )
    found = (await opened.timelines.recent(EVERYBODY, 5))[0].customer.id
    start = await opened.timelines.feed_end()
    await _record(opened, message("3", [customer(telegram(1), telegram(2, Proof.CLAIMED))], minutes=3))
    assert (await opened.timelines.changes(EVERYBODY, found, start, 100)).regrouped


async def test_a_principal_sees_only_what_came_through_its_connectors(opened: Opened) -> None:
    both = customer(telegram(1), mobile("09123456789"))
    await _record(
        opened,
        message("1", [customer(telegram(1))], "sales word", 1, connector="sales-bot"),
        message("2", [both], "support word", 2, connector="support-bot"),
    )
    found = await _customer(opened)
    hidden = (await opened.timelines.search(EVERYBODY, "support", 5))[0].last
    assert hidden is not None
    seen = await opened.timelines.customer(SALES, found)
    assert seen is not None
    assert [h.kind for h in seen.handles] == ["telegram"]
    assert seen.last_at == START + timedelta(minutes=1)
    page = await opened.timelines.page(SALES, found, Filters(), None, 10)
    assert [e.text for e in page.entries] == ["sales word"]
    assert await opened.timelines.search(SALES, "support", 5) == []
    assert await opened.timelines.search(SALES, "09123456789", 5) == []
    assert await opened.timelines.interaction(SALES, hidden.id) is None
    assert await opened.timelines.why(SALES, hidden.id) == []
    changes = await opened.timelines.changes(SALES, None, "0.0", 100)
    assert [e.text for e in changes.entries] == ["sales word"]
    assert [h.books.connector for h in await opened.timelines.health(SALES, ["sales-bot", "support-bot"])] == [
        "sales-bot"
    ]


async def test_a_customer_of_whom_nothing_may_be_seen_is_not_there(opened: Opened) -> None:
    await _record(opened, message("1", [customer(telegram(1))], connector="support-bot"))
    found = await _customer(opened)
    assert await opened.timelines.customer(SALES, found) is None
    assert await opened.timelines.recent(SALES, 5) == []


async def test_why_names_the_events_and_their_deliveries(opened: Opened) -> None:
    one = message("1", [customer(telegram(1))])
    await _record(opened, one)
    assert list(await opened.timelines.why(EVERYBODY, one.interaction_id)) == [one]


async def test_who_writes_a_lot_does_not_push_the_others_out_of_sight(opened: Opened) -> None:
    await _record(opened, message("quiet", [customer(telegram(2))], "quiet", 0))
    await _record(opened, *(message(str(n), [customer(telegram(1))], "loud", n + 1) for n in range(450)))
    hits = await opened.timelines.recent(EVERYBODY, 10)
    assert [h.line for h in hits] == ["loud", "quiet"]
