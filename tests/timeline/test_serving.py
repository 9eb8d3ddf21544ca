"""The API, the pages and the live streams over the real store, on both databases."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import orjson
import pytest

from fakes.application import application, client, listening, serving
from fakes.sayings import address, filled, said
from fakes.story import LEILA_CHAT, NOW, leila, story
from peyvand.delivery import Delivery
from peyvand.errors import Rejected
from peyvand.event import InteractionEvent
from peyvand.publish import Reading
from stores import Opened
from timeline.ports import Principal
from timeline.record import record


async def tell(opened: Any, *events: InteractionEvent) -> None:
    readings = [Reading(Delivery(e.delivery_id, e.connector, e.channel, e.received_at, b"{}"), (e,)) for e in events]
    await record(readings, opened.store)


async def leilas_id(http: httpx.AsyncClient) -> str:
    found = (await http.get("/v1/customers", params={"q": "ليلا"})).json()["customers"]
    assert found[0]["customer"]["name"] == "لیلا کریمی"  # by name; after it who is written to with it in the text
    return str(found[0]["customer"]["id"])


async def test_a_customer_is_found_and_read_page_by_page(opened: Any) -> None:
    await tell(opened, *story())
    async with client(application(opened.timelines)) as http:
        path = f"/v1/customers/{await leilas_id(http)}/timeline"
        seen: list[Any] = []
        cursor: dict[str, str] = {}
        while True:
            page = (await http.get(path, params={"limit": 4, **cursor})).json()
            seen += page["entries"]
            if page["older"] is None:
                break
            cursor = {"cursor": page["older"]}
    whose = {e.interaction_id for e in story() if any(h.key == LEILA_CHAT.key for p in e.parties for h in p.handles)}
    assert {str(i) for i in whose} <= {e["id"] for e in seen}
    assert len({e["id"] for e in seen}) == len(seen)
    times = [e["occurred_at"] for e in seen]
    assert times == sorted(times, reverse=True)


async def test_the_pages_show_the_story(opened: Any) -> None:
    await tell(opened, *story())
    async with client(application(opened.timelines, now=lambda: NOW)) as http:
        home = (await http.get("/", params={"lang": "fa"})).text
        page = (await http.get(f"/customers/{await leilas_id(http)}", params={"lang": "fa"})).text
        status = (await http.get("/status", params={"lang": "en"})).text
    assert "لیلا کریمی" in home
    for words in ("تماس بی‌پاسخ", "نقشه‌ی دفتر.png", "۳ ساعت دیرتر رسید", "از بله هم پیام می‌دهم", "امروز"):
        assert words in page
    assert "does not balance" not in status


async def test_a_cursor_that_is_none_is_told(opened: Any) -> None:
    await tell(opened, *story())
    async with client(application(opened.timelines)) as http:
        customer = await leilas_id(http)
        for path, at in (
            (f"/v1/customers/{customer}/timeline?cursor=x", "/query/cursor"),
            ("/v1/stream?after=x", "/query/after"),
            ("/v1/stream?after=9999999999999999999.1", "/query/after"),
            (f"/v1/stream?after=1.{2**63}", "/query/after"),
        ):
            problem = await http.get(path)
            assert problem.status_code == 422
            assert problem.json()["errors"][0]["pointer"] == at
        assert (await http.get(f"/customers/{customer}?cursor=x")).status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/deliveries?connector=a%00", "/customers/{}?channel=a%00", "/v1/deliveries?connector=a%00",
     "/v1/customers/{}/timeline?channel=a%00"],
)  # fmt: skip
async def test_what_no_text_can_hold_is_found_nowhere_or_refused_in_words(opened: Opened, path: str) -> None:
    await tell(opened, *story())
    async with client(application(opened.timelines)) as http:
        answer = await http.get(path.format(await leilas_id(http)))
    assert answer.status_code == {"sqlite": 200, "postgresql": 422}[opened.database.dialect]
    assert "Error" not in answer.text


async def test_half_a_character_is_refused_in_words(opened: Opened) -> None:
    with pytest.raises(Rejected, match="never takes this"):
        await opened.timelines.search(Principal("test"), "\ud800", 10)


async def test_an_old_id_is_answered_with_the_customer_of_today(opened: Any) -> None:
    await tell(opened, said(leila(LEILA_CHAT), "سلام", key="1", at=NOW))
    async with client(application(opened.timelines)) as http:
        old = await leilas_id(http)
        await tell(opened, filled(leila(LEILA_CHAT, address("leila@mail.example")), {"a": "b"}, key="2"))
        answer = await http.get(f"/v1/customers/{old}")
    assert answer.json()["id"] != old
    assert answer.headers["content-location"] == f"/v1/customers/{answer.json()['id']}"


async def test_a_commit_is_told_at_once_and_a_resumed_stream_has_no_gap(opened: Any) -> None:
    await tell(opened, said(leila(LEILA_CHAT), "seen", key="0", at=NOW))
    async with listening(serving(opened.timelines)) as url, httpx.AsyncClient(base_url=url, timeout=10) as http:
        customer = await leilas_id(http)
        feed = (await http.get(f"/v1/customers/{customer}/timeline")).json()["feed"]
        await tell(opened, said(leila(LEILA_CHAT), "missed", key="1", at=NOW))
        async with http.stream("GET", f"/v1/customers/{customer}/stream", params={"after": feed}) as answer:
            lines = answer.aiter_lines()
            assert await next_text(lines) == "missed"
            begun = asyncio.get_running_loop().time()
            await tell(opened, said(leila(LEILA_CHAT), "live", key="2", at=NOW + timedelta(minutes=1)))
            assert await next_text(lines) == "live"
            assert asyncio.get_running_loop().time() - begun < 2


async def next_text(lines: Any) -> str:
    async with asyncio.timeout(5):
        async for line in lines:
            if line.startswith("data: "):
                return str(orjson.loads(line.removeprefix("data: "))["text"])
    raise EOFError
