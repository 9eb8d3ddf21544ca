"""The pages as HTML: languages, times, filters, and what a browser is told to refuse."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from fakes.application import application, client
from fakes.memory_timelines import MemoryTimelines
from fakes.sayings import NOON, address, filled, mailed, person, said, telegram
from fakes.story import NOW, story
from peyvand.event import Clock, Flag
from timeline import web
from timeline.ports import Books, Health
from timeline.reminding import Reminder
from timeline.serving import Bus
from timeline.web.status import DUE

LEILA = person("Leila", address("leila@mail.example"))


@pytest.fixture
def timelines() -> MemoryTimelines:
    return MemoryTimelines()


@pytest.fixture
async def http(timelines: MemoryTimelines) -> AsyncIterator[httpx.AsyncClient]:
    async with client(application(timelines, now=lambda: NOW)) as made:
        yield made


async def shown(http: httpx.AsyncClient, path: str, status: int = 200, /, **query: Any) -> str:
    answer = await http.get(path, params=query)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return answer.text


async def customer(http: httpx.AsyncClient, q: str = "leila") -> str:
    found = (await http.get("/v1/customers", params={"q": q})).json()
    return f"/customers/{found['customers'][0]['customer']['id']}"


@pytest.mark.parametrize(
    ("given", "language"),
    [
        ({}, "fa"),
        ({"headers": {"Accept-Language": "en-GB,en;q=0.9"}}, "en"),
        ({"headers": {"Accept-Language": "de,fa;q=0.5,en;q=0.4"}}, "fa"),
        ({"headers": {"Accept-Language": "de"}}, "fa"),
        ({"headers": {"Accept-Language": "en", "Cookie": "lang=fa"}}, "fa"),
        ({"headers": {"Cookie": "lang=fa"}, "params": {"lang": "en"}}, "en"),
        ({"params": {"lang": "../../etc"}}, "fa"),
    ],
)
async def test_the_language_is_that_of_the_address_then_of_the_cookie_then_of_the_browser(
    http: httpx.AsyncClient, given: dict[str, Any], language: str
) -> None:
    page = (await http.get("/", **given)).text
    assert f'<html lang="{language}" dir="{"rtl" if language == "fa" else "ltr"}">' in page


async def test_a_chosen_language_is_remembered(http: httpx.AsyncClient) -> None:
    await http.get("/", params={"lang": "en"})
    assert '<html lang="en"' in (await http.get("/status")).text


async def test_days_are_jalali_in_persian_and_gregorian_in_english(
    http: httpx.AsyncClient, timelines: MemoryTimelines
) -> None:
    timelines.tell(mailed(LEILA, "subject", "", key="1"))
    path = await customer(http)
    persian, english = await shown(http, path, lang="fa"), await shown(http, path, lang="en")
    assert "یکشنبه ۱۲ مهر ۱۴۰۵" in persian
    assert "۱۲:۰۰" in persian
    assert "Sunday 4 October 2026" in english
    exact = '<time datetime="2026-10-04T08:30:00Z" title="Sunday 4 October 2026 · 12:00:00 · 2026-10-04T12:00:00+03:30"'
    assert exact in english


async def test_a_late_arrival_says_so(http: httpx.AsyncClient, timelines: MemoryTimelines) -> None:
    timelines.tell(mailed(LEILA, "late", "", key="1", late=timedelta(hours=3, minutes=5)))
    path = await customer(http)
    assert "arrived 3 hours late" in await shown(http, path, lang="en")
    assert "۳ ساعت دیرتر رسید" in await shown(http, path, lang="fa")


async def test_a_prompt_arrival_has_no_badge(http: httpx.AsyncClient, timelines: MemoryTimelines) -> None:
    timelines.tell(mailed(LEILA, "prompt", "", key="1"))
    assert "badge" not in await shown(http, await customer(http), lang="en")


async def test_an_archive_brought_in_is_no_late_arrival(http: httpx.AsyncClient, timelines: MemoryTimelines) -> None:
    timelines.tell(mailed(LEILA, "old", "", key="1", late=timedelta(days=30)))
    page = await shown(http, await customer(http), lang="en")
    assert "brought in on 3 Nov" in page
    assert "late" not in page.replace("template", "")


async def test_a_clock_that_cannot_be_true_is_told_with_its_reason(
    http: httpx.AsyncClient, timelines: MemoryTimelines
) -> None:
    timelines.tell(
        mailed(LEILA, "a", "", key="1", occurred_at=NOON + timedelta(days=3)),
        mailed(LEILA, "b", "", key="2", flags=(Flag(name="spoof-suspect", why="DMARC failed"),)),
    )
    assert next(iter(timelines.events.values())).occurred_from is Clock.RECEIPT
    page = await shown(http, await customer(http), lang="en")
    assert "time of receipt" in page
    assert "The sender&#39;s clock cannot be true" in page
    assert "The sender may be forged" in page
    assert "DMARC failed" in page


async def test_filters_stand_in_the_address(http: httpx.AsyncClient, timelines: MemoryTimelines) -> None:
    timelines.tell(*story())
    path = await customer(http)
    page = await shown(http, path, lang="en", channel="telegram", direction="inbound")
    channels = set(re.findall(r'class="node channel-(\w+)"', page))
    assert channels == {"telegram"}
    assert "entry-outbound" not in page
    # A chip that is on takes its own filter out of the address, one that is off puts it in.
    assert f'href="{path}?direction=inbound" aria-current="true"' in page
    assert f'href="{path}?channel=telegram&amp;channel=email&amp;direction=inbound"' in page


@pytest.mark.parametrize("typed", ["1405/7/11", "۱۴۰۵/۰۷/۱۱", "2026-10-03", "٢٠٢٦-١٠-٠٣"])
async def test_a_date_is_understood_in_both_calendars_and_all_digits(
    http: httpx.AsyncClient, timelines: MemoryTimelines, typed: str
) -> None:
    timelines.tell(*story())
    page = await shown(http, await customer(http), lang="fa", **{"from": typed, "to": typed})
    assert re.findall(r'data-day="([\d-]+)"', page) == ["2026-10-03"]
    assert 'value="۱۴۰۵/۰۷/۱۱"' in page


@pytest.mark.parametrize(
    "query", [{"from": "yesterday"}, {"to": "1405/13/1"}, {"direction": "up"}, {"to": "9999-12-31"}]
)
async def test_what_cannot_be_understood_is_said(
    http: httpx.AsyncClient, timelines: MemoryTimelines, query: dict[str, str]
) -> None:
    timelines.tell(*story())
    page = await shown(http, await customer(http), 422, lang="en", **query)
    assert f"“{next(iter(query.values()))}”" in page


@pytest.mark.parametrize(
    "path",
    [
        "/customers/00000000-0000-4000-8000-000000000000",
        "/customers/x",
        "/interactions/00000000-0000-4000-8000-000000000000",
        "/interactions/x",
    ],
)
async def test_what_is_not_there_gets_a_page(http: httpx.AsyncClient, path: str) -> None:
    assert "There is nothing at this address" in await shown(http, path, 404, lang="en")


async def test_a_store_that_is_away_gets_a_page(http: httpx.AsyncClient, timelines: MemoryTimelines) -> None:
    timelines.away = True
    assert "Nothing is lost" in await shown(http, "/", 503, lang="en")


async def test_a_stranger_gets_a_page_and_no_customer(timelines: MemoryTimelines) -> None:
    timelines.tell(*story())
    async with client(application(timelines), peer=("203.0.113.7", 1)) as http:
        page = await shown(http, "/", 401, lang="en")
    assert "Leila" not in page
    assert "http://localhost" in page


@pytest.mark.parametrize("path", ["/", "/search?q=x", "/status", "/customers/x", "{customer}", "/recent"])
async def test_every_page_refuses_foreign_code(http: httpx.AsyncClient, timelines: MemoryTimelines, path: str) -> None:
    timelines.tell(*story())
    answer = await http.get(path.format(customer=await customer(http)))
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert not re.search(r"<script(?![^>]*\ssrc=)|\sstyle=|\son[a-z]+=", answer.text)


async def test_what_others_wrote_is_escaped_everywhere(http: httpx.AsyncClient, timelines: MemoryTimelines) -> None:
    timelines.tell(*hostile())
    path = await customer(http, "evil")
    interaction = next(iter(timelines.events.values())).interaction_id
    for page in ("/", "/search?q=evil", path, f"/interactions/{interaction}", "/search?q=" + HOSTILE, "/status"):
        assert "<img" not in (await http.get(page)).text, page


async def test_the_banner_of_a_demo_is_translated_and_any_other_is_text(timelines: MemoryTimelines) -> None:
    async with client(application(timelines, banner=web.DEMO_BANNER)) as http:
        assert "این یک نمونه است" in await shown(http, "/", lang="fa")
    async with client(application(timelines, banner="100 % <b>ours</b>")) as http:
        assert "100 % &lt;b&gt;ours&lt;/b&gt;" in await shown(http, "/", lang="fa")


async def test_an_empty_house_says_how_to_begin(http: httpx.AsyncClient) -> None:
    assert "./peyvand connect imap" in await shown(http, "/")


async def test_a_call_is_one_card_with_its_legs(http: httpx.AsyncClient, timelines: MemoryTimelines) -> None:
    timelines.tell(*story())
    page = await shown(http, await customer(http), lang="en", channel="phone")
    assert page.count('class="entry entry-inbound') == 2
    assert page.count('class="entry entry-inbound missed"') == 1
    assert "2 legs" in page
    assert "Missed call" in page
    # Who called is known by the number alone.
    named = '<bdi class="name">لیلا کریمی</bdi> <bdi class="address" dir="ltr">+989123456789</bdi>'
    assert page.count(named) == 2


async def test_a_very_long_text_does_not_fill_the_timeline_and_is_whole_on_its_own_page(
    http: httpx.AsyncClient, timelines: MemoryTimelines
) -> None:
    event = mailed(LEILA, "long", "word " * 30_000 + "the end", key="1")
    timelines.tell(event)
    page = await shown(http, await customer(http), lang="en")
    assert len(page) < 30_000
    assert "show the whole text" in page
    assert "the end" in await shown(http, f"/interactions/{event.interaction_id}", lang="en")


async def test_books_that_do_not_balance_are_an_alarm(http: httpx.AsyncClient, timelines: MemoryTimelines) -> None:
    timelines.healths["shop-bot"] = Health(Books("shop-bot", 10, 5, 1, {"my_chat_member": 2}, 0, NOON), NOON)
    page = await shown(http, "/status", lang="en")
    assert "2 deliveries are not accounted for" in page
    assert "my_chat_member" in page
    assert "does not balance" in await shown(http, "/", lang="en")


async def test_what_is_still_arriving_is_shown_and_accounted_for(
    http: httpx.AsyncClient, timelines: MemoryTimelines
) -> None:
    arriving = "<dt>arriving</dt><dd>3</dd>"
    timelines.healths["shop-bot"] = Health(Books("shop-bot", 10, 5, 0, {}, 0, NOON, arriving=3), NOON)
    page = await shown(http, "/status", lang="en")
    assert arriving in page
    assert "2 deliveries are not accounted for" in page
    timelines.healths["shop-bot"] = Health(Books("shop-bot", 8, 5, 0, {}, 0, NOON, arriving=3), NOON)
    assert "does not balance" not in await shown(http, "/", lang="en")
    timelines.healths["shop-bot"] = Health(Books("shop-bot", 5, 5, 0, {}, 0, NOON), NOON)
    assert "<dt>arriving</dt>" not in await shown(http, "/status", lang="en")


async def test_a_connector_that_cannot_be_read_says_why(http: httpx.AsyncClient, timelines: MemoryTimelines) -> None:
    why = "The server refuses the password: set a new one."
    timelines.healths["support-inbox"] = Health(Books("support-inbox", 0, 0, 0, {}, 0, None), None, why, NOON)
    assert why in await shown(http, "/status", lang="en")


@pytest.mark.parametrize(("due", "told"), [*DUE.items(), (None, None)], ids=["rules", "update", "nothing"])
async def test_the_status_page_reminds_of_a_rebuild(
    timelines: MemoryTimelines, due: Reminder | None, told: str | None
) -> None:
    async def said() -> Reminder | None:
        return due

    async with client(application(timelines, due=said)) as http:
        page = await shown(http, "/status", lang="en")
    assert ("./peyvand rebuild" in page) is (due is not None)
    assert told is None or told.replace("'", "&#39;") in page


@pytest.mark.parametrize(
    ("durable", "told"),
    [
        (True, "What Kafka acknowledges outlives the loss of a broker."),
        (False, "What Kafka acknowledges may be lost with its broker."),
        (None, "Kafka does not answer now"),
    ],
)
async def test_the_status_page_says_what_an_acknowledgement_of_the_bus_is_worth(
    timelines: MemoryTimelines, durable: bool | None, told: str
) -> None:
    async def bus() -> Bus:
        return Bus(durable, "as its <brokers> say")

    async with client(application(timelines, bus=bus)) as http:
        page = await shown(http, "/status", lang="en")
        answer = (await http.get("/v1/connectors")).json()["bus"]
    assert told in page
    assert "as its &lt;brokers&gt; say" in page
    assert answer == {"durable": durable, "words": "as its <brokers> say"}


async def test_without_a_bus_the_status_page_is_silent_about_it(http: httpx.AsyncClient) -> None:
    assert "Kafka" not in await shown(http, "/status", lang="en")
    assert (await http.get("/v1/connectors")).json()["bus"] is None


async def test_why_shows_the_rule_the_evidence_and_the_delivery(
    http: httpx.AsyncClient, timelines: MemoryTimelines
) -> None:
    event = mailed(LEILA, "question", "", key="1")
    timelines.tell(event)
    whose = (await customer(http)).removeprefix("/customers/")
    page = await shown(http, f"/interactions/{event.interaction_id}", lang="en", customer=whose)
    assert "this customer's" in page
    assert str(event.delivery_id) in page
    assert "support-inbox" in page


async def test_files_are_kept_by_their_content(http: httpx.AsyncClient) -> None:
    style = re.search(r'href="(/static/tokens\.css\?v=\w+)"', await shown(http, "/"))
    assert style is not None
    answer = await http.get(style[1])
    assert "immutable" in answer.headers["cache-control"]
    assert "immutable" not in (await http.get("/static/tokens.css")).headers["cache-control"]


async def test_a_head_request_ends(http: httpx.AsyncClient, timelines: MemoryTimelines) -> None:
    timelines.tell(mailed(LEILA, "subject", "", key="1"))
    answer = await http.head(f"{await customer(http)}/live")
    assert answer.headers["content-type"].startswith("text/event-stream")


HOSTILE = "\"'><img src=x onerror=\"document.title='evil'\">"


def hostile() -> list[Any]:
    by = person(HOSTILE, address("evil@mail.example"), telegram(66))
    return [
        mailed(by, HOSTILE, HOSTILE, key="1", quoted=HOSTILE, flags=(Flag(name=HOSTILE, why=HOSTILE),)),
        said(by, HOSTILE, key="2", to=(person(HOSTILE, telegram(67)),)),
        filled(by, {HOSTILE: HOSTILE}, key="3"),
    ]
