"""Files of messages on the pages: handed out when they are here, and said in words where they are when not."""

from collections.abc import AsyncIterator

import httpx
import pytest

from fakes.application import application, client
from fakes.memory_timelines import MemoryTimelines
from fakes.sayings import NOON, person, said, telegram
from fakes.story import NOW
from peyvand.errands import Waiting
from peyvand.event import Attachment, InteractionEvent, asking, told
from timeline.ports import Books, Health

LYING = Attachment(name="photo.png", at="telegram:AgAD", state="at the vendor")
SHA = "0f" * 32


@pytest.fixture
def timelines() -> MemoryTimelines:
    return MemoryTimelines()


@pytest.fixture
async def http(timelines: MemoryTimelines) -> AsyncIterator[httpx.AsyncClient]:
    async with client(application(timelines, now=lambda: NOW)) as made:
        yield made


def sent() -> InteractionEvent:
    return said(person("Leila", telegram(7)), "a picture", key="1", attachments=(LYING,))


async def shown(http: httpx.AsyncClient, path: str, language: str = "en") -> str:
    answer = await http.get(path, params={"lang": language})
    assert answer.status_code == 200, answer.text
    return answer.text


@pytest.mark.parametrize(
    ("state", "english", "persian"),
    [
        ("at the vendor", "still at the vendor", "هنوز نزد سرویس‌دهنده است"),
        ("gone at the vendor", "the vendor has it no more", "سرویس‌دهنده دیگر آن را ندارد"),
        ("too large, at the vendor", "too large to be fetched", "بزرگ‌تر از آن است که گرفته شود"),
        ("at an address that is not fetched", "at an address that is not fetched", "در نشانی‌ای که"),
        ("could not be fetched", "could not be fetched", "گرفته نشد"),
    ],
)
async def test_where_a_file_is_that_is_not_here_is_said_in_words(
    http: httpx.AsyncClient, timelines: MemoryTimelines, state: str, english: str, persian: str
) -> None:
    event = sent()
    timelines.tell(event, told(asking(event, LYING), LYING.model_copy(update={"state": state})))
    path = f"/interactions/{event.interaction_id}"
    assert english in await shown(http, path)
    assert persian in await shown(http, path, "fa")
    assert "/attachments/" not in await shown(http, path)


async def test_a_file_that_was_fetched_is_handed_out(http: httpx.AsyncClient, timelines: MemoryTimelines) -> None:
    event = sent()
    here = LYING.model_copy(update={"at": f"sha256:{SHA}", "sha256": SHA, "size": 3, "state": "stored"})
    timelines.tell(event, told(asking(event, LYING), here))
    page = await shown(http, f"/interactions/{event.interaction_id}")
    assert f"/v1/interactions/{event.interaction_id}/attachments/{SHA}" in page
    assert "still at the vendor" not in page


async def test_the_board_says_what_waits_and_why(http: httpx.AsyncClient, timelines: MemoryTimelines) -> None:
    books = Books("shop-bot", 5, 5, 0, {}, 0, NOON)
    relayed = Waiting(3, NOON, "the receiver answers 502")
    timelines.healths["shop-bot"] = Health(books, NOON, files=Waiting(2, NOON), relayed=relayed)
    page = await shown(http, "/status")
    assert "still to be handed on: 3" in page
    assert "the receiver answers 502" in page
    assert "fetched from the vendor: 2" in page
    (bot,) = [c for c in (await http.get("/v1/connectors")).json()["connectors"] if c["name"] == "shop-bot"]
    assert (bot["relayed"]["count"], bot["files"]["error"]) == (3, None)
