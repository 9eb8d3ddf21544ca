"""Deliveries over HTTP: what became of each, who may see it, and its bytes exactly as they arrived."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from fakes.application import application, client
from fakes.arrivals import WHY, behind, kept
from fakes.memory_timelines import MemoryTimelines
from fakes.sayings import address, mailed, person
from peyvand.blobs import open_blobs
from peyvand.settings import ApiToken

RAW = b"\x00\xff<script>alert(1)</script>\r\n"
SALES = ApiToken(name="sales", token=SecretStr("a-token-of-the-sales-team"), teams=("sales",))
AS_SALES = {"Authorization": "Bearer a-token-of-the-sales-team"}


@pytest.fixture
def timelines() -> MemoryTimelines:
    return MemoryTimelines()


@pytest.fixture
async def http(timelines: MemoryTimelines) -> AsyncIterator[httpx.AsyncClient]:
    async with client(application(timelines, tokens=(SALES,))) as made:
        yield made


async def listed(http: httpx.AsyncClient, **query: Any) -> dict[str, Any]:
    answer = await http.get("/v1/deliveries", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_kept_deliveries_say_why_newest_first(http: httpx.AsyncClient, timelines: MemoryTimelines) -> None:
    timelines.take(kept("first"), kept("second", late=5), kept("form", "site-form", late=9))
    found = await listed(http, connector="pbx", outcome="kept")
    assert [(d["outcome"], d["why"], d["size"]) for d in found["deliveries"]] == [("kept", WHY, 6), ("kept", WHY, 5)]
    assert found["older"] is None


async def test_pages_of_deliveries_hold_each_once(http: httpx.AsyncClient, timelines: MemoryTimelines) -> None:
    timelines.take(*(kept(f"{n}", late=n) for n in range(5)))
    first = await listed(http, limit=3)
    second = await listed(http, limit=3, cursor=first["older"])
    ids = [d["id"] for page in (first, second) for d in page["deliveries"]]
    assert (len(set(ids)), second["older"]) == (5, None)


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"outcome": "lost"}, "/query/outcome"),
        ({"cursor": "what"}, "/query/cursor"),
        ({"limit": "0"}, "/query/limit"),
        ({"conector": "pbx"}, "/query/conector"),
    ],
)
async def test_a_bad_parameter_is_named_by_its_pointer(
    http: httpx.AsyncClient, query: dict[str, str], pointer: str
) -> None:
    answer = await http.get("/v1/deliveries", params=query)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


async def test_the_delivery_behind_an_event_is_one_step_away(
    http: httpx.AsyncClient, timelines: MemoryTimelines
) -> None:
    event = mailed(person("Leila", address("leila@mail.example")), "question", "", key="1")
    timelines.tell(event)
    timelines.take(behind(event, RAW, url="imap://box/INBOX;UID=7", headers={"x-seen": "no"}))
    why = (await http.get(f"/v1/interactions/{event.interaction_id}/why")).json()
    found = (await http.get(f"/v1/deliveries/{why['events'][0]['delivery_id']}")).json()
    assert (found["outcome"], found["url"], found["headers"]) == (
        "stored",
        "imap://box/INBOX;UID=7",
        {"x-seen": "no"},
    )
    assert [(e["event_id"], e["interaction_id"]) for e in found["events"]] == [
        (str(event.event_id), str(event.interaction_id))
    ]
    assert (await http.get(found["raw"])).content == RAW


async def test_raw_bytes_are_saved_and_run_nothing(http: httpx.AsyncClient, timelines: MemoryTimelines) -> None:
    one = kept("one", body=RAW)
    timelines.take(one)
    answer = await http.get(f"/v1/deliveries/{one.delivery.id}/raw")
    assert answer.content == RAW
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == f'attachment; filename="{one.delivery.id}.bin"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("sandbox")
    assert answer.headers["cache-control"] == "no-store"


async def test_a_long_body_comes_out_of_the_blob_store(timelines: MemoryTimelines, tmp_path: Path) -> None:
    blobs = open_blobs(str(tmp_path))
    one = kept("one", body=b"", body_ref=await blobs.put(RAW))
    timelines.take(one)
    async with client(application(timelines, blobs=blobs)) as http:
        assert (await http.get(f"/v1/deliveries/{one.delivery.id}/raw")).content == RAW
        assert (await http.get(f"/v1/deliveries/{one.delivery.id}")).json()["size"] is None


@pytest.mark.parametrize("opened", [True, False])
async def test_a_long_body_that_is_not_at_hand_is_a_problem_that_says_where(
    timelines: MemoryTimelines, tmp_path: Path, opened: bool
) -> None:
    ref = "sha256:" + "0" * 64
    one = kept("one", body=b"", body_ref=ref)
    timelines.take(one)
    async with client(application(timelines, blobs=open_blobs(str(tmp_path)) if opened else None)) as http:
        answer = await http.get(f"/v1/deliveries/{one.delivery.id}/raw")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert ref in answer.json()["detail"]


async def test_a_team_sees_only_deliveries_of_its_connectors(
    http: httpx.AsyncClient, timelines: MemoryTimelines
) -> None:
    ours, theirs = kept("form", "site-form"), kept("call")
    timelines.take(ours, theirs)
    found = (await http.get("/v1/deliveries", headers=AS_SALES)).json()
    assert [d["connector"] for d in found["deliveries"]] == ["site-form"]
    for path in ("/v1/deliveries/{}", "/v1/deliveries/{}/raw"):
        assert (await http.get(path.format(ours.delivery.id), headers=AS_SALES)).status_code == 200
        assert (await http.get(path.format(theirs.delivery.id), headers=AS_SALES)).status_code == 404


async def test_the_description_says_that_raw_is_bytes(timelines: MemoryTimelines) -> None:
    paths = application(timelines).openapi()["paths"]
    raw = paths["/v1/deliveries/{delivery}/raw"]["get"]["responses"]
    assert list(raw["200"]["content"]) == ["application/octet-stream"]
    assert list(raw["404"]["content"]) == ["application/problem+json"]
