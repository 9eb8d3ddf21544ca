"""Where only the customer's half is seen, and where something is about to be lost: said on the pages and in the API."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from fakes.application import application, client
from fakes.memory_timelines import MemoryTimelines
from fakes.sayings import NOON, address, mailed, person, said, telegram
from fakes.story import NOW
from timeline.ports import Books, Health

BOOKS = Books("shop-bot", 1, 1, 0, {}, 0, NOON)
DAY = timedelta(hours=24)
ENGLISH = {"lang": "en"}


@pytest.fixture
def timelines() -> MemoryTimelines:
    return MemoryTimelines()


@pytest.fixture
async def http(timelines: MemoryTimelines) -> AsyncIterator[httpx.AsyncClient]:
    async with client(application(timelines, now=lambda: NOW)) as made:
        yield made


async def card(http: httpx.AsyncClient, q: str, lang: str = "en") -> str:
    found = (await http.get("/v1/customers", params={"q": q})).json()
    customer = found["customers"][0]["customer"]["id"]
    return (await http.get(f"/customers/{customer}", params={"lang": lang})).text


async def test_the_customers_card_says_of_which_channel_only_his_half_is_seen(
    timelines: MemoryTimelines, http: httpx.AsyncClient
) -> None:
    timelines.tell(said(person("Leila", telegram(5)), "hello", key="1", connector="shop-bot"))
    timelines.tell(mailed(person("Omid", address("omid@mail.example")), "Offer", "hello", key="2"))
    timelines.healths["shop-bot"] = Health(BOOKS, sees_outbound=False)
    assert "Of Telegram (\u2068shop-bot\u2069) only the customer's half is seen." in await card(http, "Leila")
    assert "از تلگرام (\u2068shop-bot\u2069) فقط نیمهٔ مشتری دیده می‌شود." in await card(http, "Leila", "fa")
    assert "half is seen" not in await card(http, "Omid")


async def test_a_card_is_silent_where_both_halves_are_seen(timelines: MemoryTimelines, http: httpx.AsyncClient) -> None:
    timelines.tell(said(person("Leila", telegram(5)), "hello", key="1", connector="shop-bot"))
    timelines.healths["shop-bot"] = Health(BOOKS)
    assert "half is seen" not in await card(http, "Leila")


async def test_the_connectors_page_and_the_api_say_it_too(timelines: MemoryTimelines, http: httpx.AsyncClient) -> None:
    timelines.healths["shop-bot"] = Health(BOOKS, sees_outbound=False)
    assert "of each chat only the customer's half is seen" in (await http.get("/status", params=ENGLISH)).text
    answered = {c["name"]: c["sees_outbound"] for c in (await http.get("/v1/connectors")).json()["connectors"]}
    assert (answered["shop-bot"], answered["support-inbox"]) == (False, True)


@pytest.mark.parametrize(
    ("silent", "words"),
    [
        (timedelta(hours=5), None),
        (timedelta(hours=7), "It throws away what is older than 1 day: from"),
        (timedelta(hours=25), "since"),
    ],
)
async def test_a_source_that_keeps_silent_is_warned_of_before_it_throws_anything_away(
    timelines: MemoryTimelines, http: httpx.AsyncClient, silent: timedelta, words: str | None
) -> None:
    timelines.healths["shop-bot"] = Health(BOOKS, NOW - silent, "Telegram cannot be reached", NOW - silent, keeps=DAY)
    page = (await http.get("/status", params=ENGLISH)).text
    assert ("has not answered for long" in page) is (words is not None)
    assert words is None or words in page


async def test_the_api_says_from_when_on_something_is_lost(timelines: MemoryTimelines, http: httpx.AsyncClient) -> None:
    timelines.healths["shop-bot"] = Health(BOOKS, NOON, keeps=DAY)
    (bot,) = [c for c in (await http.get("/v1/connectors")).json()["connectors"] if c["name"] == "shop-bot"]
    assert bot["lost_from"] == (NOON + DAY).isoformat().replace("+00:00", "Z")
