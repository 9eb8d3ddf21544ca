"""The pages of deliveries: what is kept and why, what stands behind an event, and the way to the raw bytes."""

from collections.abc import AsyncIterator

import httpx
import pytest
from pydantic import SecretStr

from fakes.application import application, client
from fakes.arrivals import WHY, behind, kept
from fakes.memory_timelines import MemoryTimelines
from fakes.sayings import NOON, address, mailed, person
from fakes.story import NOW
from peyvand.settings import ApiToken
from timeline.ports import Books, Health

SALES = ApiToken(name="sales", token=SecretStr("a-token-of-the-sales-team"), teams=("sales",))
HOSTILE = "\"'><img src=x onerror=\"document.title='evil'\">"


@pytest.fixture
def timelines() -> MemoryTimelines:
    return MemoryTimelines()


@pytest.fixture
async def http(timelines: MemoryTimelines) -> AsyncIterator[httpx.AsyncClient]:
    async with client(application(timelines, tokens=(SALES,), now=lambda: NOW)) as made:
        yield made


async def shown(http: httpx.AsyncClient, path: str, lang: str = "en", status: int = 200) -> str:
    answer = await http.get(path, headers={"Accept-Language": lang})
    assert answer.status_code == status, answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    return answer.text


async def test_status_leads_to_what_a_connector_keeps(http: httpx.AsyncClient, timelines: MemoryTimelines) -> None:
    timelines.healths["pbx"] = Health(Books("pbx", 12, 0, 0, {}, 12, NOON), NOON)
    link = 'href="/deliveries?connector=pbx&amp;outcome=kept"'
    assert f"<a {link}>12 kept</a>" in await shown(http, "/status")
    assert f"<a {link}>۱۲ مورد</a>" in await shown(http, "/status", "fa")
    timelines.healths["pbx"] = Health(Books("pbx", 0, 0, 0, {}, 0, NOON), NOON)
    assert link not in await shown(http, "/status")


async def test_kept_deliveries_are_listed_with_reason_size_and_raw(
    http: httpx.AsyncClient, timelines: MemoryTimelines
) -> None:
    one = kept("one", body=b"x" * 2000)
    timelines.take(one, kept("form", "site-form", why="another reason"))
    page = await shown(http, "/deliveries?connector=pbx&outcome=kept")
    assert WHY in page
    assert "another reason" not in page
    assert "2 KB" in page
    assert f'href="/v1/deliveries/{one.delivery.id}/raw" download' in page
    assert f'href="/deliveries/{one.delivery.id}"' in page
    assert "./peyvand replay --connector pbx --kept" in page
    persian = await shown(http, "/deliveries?connector=pbx&outcome=kept", "fa")
    assert "ذخیره‌ی داده‌ی خام" in persian
    assert WHY in persian


async def test_older_deliveries_are_a_link_away(http: httpx.AsyncClient, timelines: MemoryTimelines) -> None:
    timelines.take(*(kept(f"{n}", late=n, why=f"reason {n}.") for n in range(53)))
    first = await shown(http, "/deliveries?outcome=kept")
    assert "reason 52." in first
    assert "reason 2." not in first
    link = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = await shown(http, link)
    assert "reason 2." in second
    assert 'rel="next"' not in second


async def test_why_leads_to_the_delivery_and_the_delivery_back(
    http: httpx.AsyncClient, timelines: MemoryTimelines
) -> None:
    event = mailed(person("Leila", address("leila@mail.example")), "question", "", key="1")
    timelines.tell(event)
    timelines.take(behind(event, b"raw", url="imap://box/INBOX;UID=7", headers={"x-seen": "no"}))
    assert f'href="/deliveries/{event.delivery_id}"' in await shown(http, f"/interactions/{event.interaction_id}")
    page = await shown(http, f"/deliveries/{event.delivery_id}")
    for part in ("imap://box/INBOX;UID=7", "x-seen", f'href="/interactions/{event.interaction_id}"', "stored"):
        assert part in page, part
    assert "replay" not in page


async def test_a_kept_delivery_says_how_to_read_it_again(http: httpx.AsyncClient, timelines: MemoryTimelines) -> None:
    one = kept("one")
    timelines.take(one)
    page = await shown(http, f"/deliveries/{one.delivery.id}")
    assert WHY in page
    assert "./peyvand replay --connector pbx --kept" in page
    assert "No event stands because of it" in page


async def test_a_body_in_no_blob_store_at_hand_is_named_and_not_linked(
    http: httpx.AsyncClient, timelines: MemoryTimelines
) -> None:
    one = kept("one", body=b"", body_ref="sha256:" + "0" * 64)
    timelines.take(one)
    page = await shown(http, f"/deliveries/{one.delivery.id}")
    assert "sha256:000" in page
    assert "/raw" not in page
    assert "/raw" not in await shown(http, "/deliveries")


async def test_what_a_stranger_sent_is_escaped(http: httpx.AsyncClient, timelines: MemoryTimelines) -> None:
    one = kept("one", why=HOSTILE, url=HOSTILE, method="POST", headers={HOSTILE: HOSTILE})
    timelines.take(one)
    for path in ("/deliveries", f"/deliveries/{one.delivery.id}"):
        page = await shown(http, path)
        assert "<img" not in page
        assert "&lt;img" in page


@pytest.mark.parametrize(
    ("path", "status"),
    [("/deliveries/x", 404), ("/deliveries/00000000-0000-4000-8000-000000000000", 404),
     ("/deliveries?outcome=lost", 422),
     ("/deliveries?cursor=x", 404), ("/deliveries?connector=nobody", 200)],
)  # fmt: skip
async def test_what_is_not_there_is_a_page_that_says_so(http: httpx.AsyncClient, path: str, status: int) -> None:
    await shown(http, path, status=status)


async def test_a_team_sees_no_delivery_of_another(http: httpx.AsyncClient, timelines: MemoryTimelines) -> None:
    one = kept("one")
    timelines.take(one)
    as_sales = {"Authorization": "Bearer a-token-of-the-sales-team"}
    assert (await http.get(f"/deliveries/{one.delivery.id}", headers=as_sales)).status_code == 404
    assert WHY not in (await http.get("/deliveries", headers=as_sales)).text
