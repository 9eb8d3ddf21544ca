"""Live streams over a real server: they resume without a gap, and end with the service."""

import asyncio
from typing import Any

import httpx
import pytest

from fakes.application import listening, serving
from fakes.memory_timelines import MemoryTimelines
from fakes.sayings import NOON, address, filled, person, said, telegram
from server_sent import stream

pytestmark = pytest.mark.real

OMID = person("Omid", telegram(8))
LEILA = person("Leila", telegram(7))


def chat(text: str, by: Any = LEILA, **more: Any) -> Any:
    return said(by, text, key=text, **more)


async def the_customer(url: str, name: str) -> str:
    async with httpx.AsyncClient() as http:
        found = (await http.get(f"{url}/v1/customers", params={"q": name})).json()
    return str(found["customers"][0]["customer"]["id"])


async def test_a_stream_tells_what_comes() -> None:
    timelines = MemoryTimelines()
    async with listening(serving(timelines)) as url, stream(f"{url}/v1/stream") as told:
        assert (await told.block()).id == "f0"
        timelines.tell(chat("one"), chat("two", OMID))
        first, second = await told.event(), await told.event()
        assert [first.body["text"], second.body["text"]] == ["one", "two"]
        assert (first.event, second.event) == ("interaction", "interaction")
        # Only what ends a batch moves the cursor: who is cut off amid it gets the batch again.
        assert (first.id, second.id) == ("f0", "f2")


async def test_a_stream_of_a_customer_tells_of_nobody_else() -> None:
    timelines = MemoryTimelines()
    timelines.tell(chat("before"), chat("also before", OMID))
    async with listening(serving(timelines)) as url:
        customer = await the_customer(url, "Leila")
        async with stream(f"{url}/v1/customers/{customer}/stream") as told:
            await told.block()
            timelines.tell(chat("of Omid", OMID))
            timelines.tell(chat("of Leila"))
            assert (await told.event()).body["text"] == "of Leila"


@pytest.mark.parametrize("way", ["after", "header"])
async def test_a_stream_resumes_without_a_gap(way: str) -> None:
    timelines = MemoryTimelines()
    timelines.tell(chat("seen"))
    async with listening(serving(timelines)) as url:
        customer = await the_customer(url, "Leila")
        async with httpx.AsyncClient() as http:
            feed = (await http.get(f"{url}/v1/customers/{customer}/timeline")).json()["feed"]
        timelines.tell(chat("while nobody listened"))
        address_, headers = {
            "after": (f"?after={feed}", {}),
            "header": ("?after=f0", {"Last-Event-ID": feed}),
        }[way]
        async with stream(f"{url}/v1/customers/{customer}/stream{address_}", **headers) as told:
            missed = await told.event()
            assert missed.body["text"] == "while nobody listened"
            last = missed.id
        timelines.tell(chat("after the line broke"))
        async with stream(f"{url}/v1/stream", **{"Last-Event-ID": str(last)}) as told:
            assert (await told.event()).body["text"] == "after the line broke"


async def test_an_edit_is_told_as_the_interaction_stands() -> None:
    timelines = MemoryTimelines()
    timelines.tell(chat("hello"))
    async with listening(serving(timelines)) as url, stream(f"{url}/v1/stream") as told:
        await told.block()
        timelines.tell(said(LEILA, "hello again", key="hello", change="edited", change_key="1", order="1"))
        assert (await told.event()).body["text"] == "hello again"


async def test_a_regrouping_is_told_once_and_the_stream_goes_on_with_the_customer_of_today() -> None:
    timelines = MemoryTimelines()
    timelines.tell(chat("hello", at=NOON.replace(hour=9)))
    async with listening(serving(timelines)) as url:
        old = await the_customer(url, "Leila")
        async with stream(f"{url}/v1/customers/{old}/stream?after=f1") as told:
            both = person("Leila", address("leila@mail.example"), telegram(7))
            timelines.tell(filled(both, {"Name": "Leila"}, key="form"))
            events = [await told.event(), await told.event()]
            today = await the_customer(url, "Leila")
            assert {e.event: e.body.get("id") for e in events}["customer"] == today
            assert today != old
            timelines.tell(chat("and then"))
            assert (await told.event()).body["text"] == "and then"


async def test_a_quiet_stream_is_kept_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("timeline.feed.KEEP_ALIVE_SECONDS", 0.05)
    monkeypatch.setattr("timeline.feed.LOOK_SECONDS", 0.05)
    async with listening(serving(MemoryTimelines())) as url, stream(f"{url}/v1/stream") as told:
        await told.block()
        async with asyncio.timeout(5):
            assert (await told.block()).comment == "still here"


async def test_streams_end_when_the_service_stops_and_do_not_hold_it() -> None:
    server = listening(serving(MemoryTimelines()))
    url = await server.__aenter__()
    async with stream(f"{url}/v1/stream") as told:
        await told.block()
        await server.__aexit__(None, None, None)  # waits for open connections, and fails when they last
        with pytest.raises(EOFError):
            await told.event()


async def test_a_reader_that_goes_away_leaves_nothing_behind() -> None:
    timelines = MemoryTimelines()
    async with listening(serving(timelines)) as url:
        async with stream(f"{url}/v1/stream") as told:
            await told.block()
            await until(lambda: timelines.watchers == 1)
        await until(lambda: timelines.watchers == 0)


async def test_a_store_that_goes_away_ends_the_stream_and_the_reader_hears_why_on_return() -> None:
    timelines = MemoryTimelines()
    async with listening(serving(timelines)) as url:
        async with stream(f"{url}/v1/stream") as told:
            last = (await told.block()).id
            timelines.away = True
            timelines.tell(chat("one"))
            with pytest.raises(EOFError):
                await told.event()
        async with httpx.AsyncClient() as http:
            assert (await http.get(f"{url}/v1/stream", params={"after": last})).status_code == 503
        timelines.away = False
        async with stream(f"{url}/v1/stream?after={last}") as told:
            assert (await told.event()).body["text"] == "one"


@pytest.mark.parametrize(
    ("query", "headers", "pointer"),
    [({"after": "x"}, {}, "/query/after"), ({}, {"Last-Event-ID": "x"}, "/header/last-event-id")],
)
async def test_a_wrong_cursor_is_told_before_the_stream_begins(
    query: dict[str, str], headers: dict[str, str], pointer: str
) -> None:
    async with listening(serving(MemoryTimelines())) as url, httpx.AsyncClient() as http:
        answer = await http.get(f"{url}/v1/stream", params=query, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


async def until(holds: Any) -> None:
    async with asyncio.timeout(5):
        while not holds():
            await asyncio.sleep(0.01)
