"""The JSON API over HTTP, on timelines in memory."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from pydantic import BaseModel

from fakes.application import application, client
from fakes.memory_timelines import MemoryTimelines
from fakes.sayings import NOON, address, filled, mailed, number, person, said, telegram
from peyvand.event import Direction, Role
from timeline.api import answers, calls, delivery_answers, examples
from timeline.api.problems import Problem
from timeline.folds.interaction import Interaction

LEILA = address("leila@mail.example")


@pytest.fixture
def timelines() -> MemoryTimelines:
    return MemoryTimelines()


@pytest.fixture
async def http(timelines: MemoryTimelines) -> AsyncIterator[httpx.AsyncClient]:
    async with client(application(timelines)) as made:
        yield made


async def get(http: httpx.AsyncClient, path: str, **query: Any) -> Any:
    answer = await http.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def refused(http: httpx.AsyncClient, path: str, status: int, **query: Any) -> dict[str, Any]:
    answer = await http.get(path, params=query)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == status
    return problem


def pointers(problem: dict[str, Any]) -> list[str]:
    return [fault["pointer"] for fault in problem["errors"]]


def leila_writes(count: int) -> list[Any]:
    leila = person("Leila", LEILA)
    return [mailed(leila, f"mail {n}", "text", key=f"m{n}", at=NOON + timedelta(minutes=n)) for n in range(count)]


async def only_customer(http: httpx.AsyncClient) -> str:
    found = await get(http, "/v1/customers")
    assert len(found["customers"]) == 1
    return str(found["customers"][0]["customer"]["id"])


async def test_customers_last_heard_from_come_newest_first(http: httpx.AsyncClient, timelines: MemoryTimelines) -> None:
    timelines.tell(mailed(person("Leila", LEILA), "first", "", key="1"))
    timelines.tell(said(person("Omid", telegram(7)), "second", key="2", at=NOON + timedelta(hours=1)))
    found = await get(http, "/v1/customers")
    assert [hit["customer"]["name"] for hit in found["customers"]] == ["Omid", "Leila"]
    assert found["customers"][0]["last"]["text"] == "second"


async def test_a_customer_is_found_by_handle_name_or_text(http: httpx.AsyncClient, timelines: MemoryTimelines) -> None:
    timelines.tell(mailed(person("لیلا کریمی", LEILA), "سفارش ۱۱۸", "کتاب کجاست؟", key="1"))
    timelines.tell(said(person("Omid", telegram(7)), "hello", key="2"))
    for query in ("leila@", "ليلا", "كتاب", "118"):
        found = await get(http, "/v1/customers", q=query)
        assert [hit["customer"]["name"] for hit in found["customers"]] == ["لیلا کریمی"], query


async def test_a_customer_has_handles(http: httpx.AsyncClient, timelines: MemoryTimelines) -> None:
    timelines.tell(filled(person("Leila", LEILA, number("0912 345 6789")), {"Name": "Leila"}, key="1"))
    customer = await get(http, f"/v1/customers/{await only_customer(http)}")
    assert {(h["kind"], h["value"]) for h in customer["handles"]} == {
        ("email", "leila@mail.example"),
        ("phone", "+989123456789"),
    }


async def test_an_old_id_answers_with_the_customer_of_today(
    http: httpx.AsyncClient, timelines: MemoryTimelines
) -> None:
    timelines.tell(said(person("Leila", telegram(7)), "hello", key="1", at=NOON + timedelta(hours=1)))
    old = await only_customer(http)
    timelines.tell(filled(person("Leila", LEILA, telegram(7)), {"Name": "Leila"}, key="2"))
    answer = await http.get(f"/v1/customers/{old}")
    today = answer.json()["id"]
    assert today != old
    assert answer.headers["content-location"] == f"/v1/customers/{today}"
    timeline = await http.get(f"/v1/customers/{old}/timeline")
    assert len(timeline.json()["entries"]) == 2
    assert timeline.headers["content-location"] == f"/v1/customers/{today}/timeline"


async def test_pages_of_a_timeline_hold_each_entry_once_newest_first(
    http: httpx.AsyncClient, timelines: MemoryTimelines
) -> None:
    timelines.tell(*leila_writes(7))
    path = f"/v1/customers/{await only_customer(http)}/timeline"
    first = await get(http, path, limit=3)
    second = await get(http, path, limit=3, cursor=first["older"])
    third = await get(http, path, limit=3, cursor=second["older"])
    subjects = [e["subject"] for page in (first, second, third) for e in page["entries"]]
    assert subjects == [f"mail {n}" for n in reversed(range(7))]
    assert third["older"] is None


async def test_a_timeline_is_filtered_by_repeated_channels_and_directions(
    http: httpx.AsyncClient, timelines: MemoryTimelines
) -> None:
    leila = person("Leila", LEILA, telegram(7), number("09123456789"))
    ours = person("Sara", address("sara@example.ir"))
    timelines.tell(
        filled(leila, {"a": "b"}, key="form"),
        mailed(person("Leila", LEILA), "in", "", key="in"),
        mailed(ours, "out", "", key="out", to=(person("Leila", LEILA, role=Role.TO),)),
        said(person("Leila", telegram(7)), "chat", key="chat"),
    )
    path = f"/v1/customers/{await only_customer(http)}/timeline"
    both = await get(http, path, channel=["email", "telegram"], direction=["inbound"])
    assert {e["channel"] for e in both["entries"]} == {"email", "telegram"}
    assert {e["direction"] for e in both["entries"]} == {Direction.INBOUND}
    assert len(both["entries"]) == 2


async def test_a_date_is_a_whole_day_in_the_zone_of_the_organisation(
    http: httpx.AsyncClient, timelines: MemoryTimelines
) -> None:
    # 20:30 UTC is midnight in Tehran: the first mail is of the 3rd there, the others of the 4th and the 5th.
    starts = [NOON.replace(day=3, hour=20, minute=29), NOON.replace(day=3, hour=20), NOON.replace(day=4, hour=20)]
    starts = [starts[0], starts[1].replace(minute=30), starts[2].replace(minute=30)]
    leila = person("Leila", LEILA)
    timelines.tell(*(mailed(leila, f"day {n}", "", key=str(n), at=at) for n, at in enumerate(starts, start=3)))
    path = f"/v1/customers/{await only_customer(http)}/timeline"
    of_the_4th = await get(http, path, **{"from": "2026-10-04", "to": "2026-10-04"})
    assert [e["subject"] for e in of_the_4th["entries"]] == ["day 4"]
    until_a_time = await get(http, path, to="2026-10-03T20:30:00Z")
    assert [e["subject"] for e in until_a_time["entries"]] == ["day 3"]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"limit": "0"}, "/query/limit"),
        ({"limit": "many"}, "/query/limit"),
        ({"direction": ["inbound", "sideways"]}, "/query/direction/1"),
        ({"from": "yesterday"}, "/query/from"),
        ({"to": "9999-12-31"}, "/query/to"),
        ({"from": "0001-01-01T00:00:00"}, "/query/from"),
        ({"cursor": "what"}, "/query/cursor"),
        ({"chanel": "email"}, "/query/chanel"),
    ],
)
async def test_a_bad_parameter_is_named_by_its_pointer(
    http: httpx.AsyncClient, timelines: MemoryTimelines, query: dict[str, Any], pointer: str
) -> None:
    timelines.tell(*leila_writes(1))
    problem = await refused(http, f"/v1/customers/{await only_customer(http)}/timeline", 422, **query)
    assert pointers(problem) == [pointer]


async def test_a_malformed_id_is_named_by_its_pointer(http: httpx.AsyncClient) -> None:
    assert pointers(await refused(http, "/v1/customers/leila", 422)) == ["/path/customer"]


@pytest.mark.parametrize(
    "path", ["/v1/customers/{}", "/v1/customers/{}/timeline", "/v1/interactions/{}", "/v1/interactions/{}/why",
             "/v1/customers/{}/stream", "/v1/nothing/{}", "/v1/deliveries/{}", "/v1/deliveries/{}/raw"]
)  # fmt: skip
async def test_what_is_not_there_is_a_problem_too(http: httpx.AsyncClient, path: str) -> None:
    await refused(http, path.format(uuid4()), 404)


async def test_a_store_that_is_away_is_503_with_a_time_to_come_back(
    http: httpx.AsyncClient, timelines: MemoryTimelines
) -> None:
    timelines.away = True
    await refused(http, "/v1/customers", 503)
    assert (await http.get("/v1/customers")).headers["retry-after"].isdecimal()


async def test_a_fault_of_ours_is_a_problem_without_its_words(timelines: MemoryTimelines) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("leila@mail.example")

    timelines.recent = broken  # type: ignore[assignment, method-assign] # a store that is broken
    async with client(application(timelines), raises=False) as http:
        problem = await refused(http, "/v1/customers", 500)
    assert "leila" not in str(problem)


async def test_an_interaction_says_why_it_is_here(http: httpx.AsyncClient, timelines: MemoryTimelines) -> None:
    event = mailed(person("Leila", LEILA), "question", "", key="1", to=(person("us", address("info@example.ir")),))
    timelines.tell(event)
    interaction = await get(http, f"/v1/interactions/{event.interaction_id}")
    assert interaction["subject"] == "question"
    why = await get(http, f"/v1/interactions/{event.interaction_id}/why")
    assert [(p["kind"], p["value"], p["rule"]) for p in why["placed_by"]] == [
        ("email", "leila@mail.example", "exact handle")
    ]
    assert [(e["connector"], UUID(e["delivery_id"]), e["normaliser"]) for e in why["events"]] == [
        ("support-inbox", event.delivery_id, 1)
    ]


async def test_connectors_show_their_books(http: httpx.AsyncClient) -> None:
    found = await get(http, "/v1/connectors")
    assert [c["name"] for c in found["connectors"]] == ["support-inbox", "shop-bot", "pbx", "site-form"]
    assert found["connectors"][0]["balanced"] is True


async def test_answers_are_kept_by_no_cache(http: httpx.AsyncClient) -> None:
    answer = await http.get("/v1/customers")
    assert answer.headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in answer.headers


async def test_the_description_names_the_routes_and_their_problems(timelines: MemoryTimelines) -> None:
    described = application(timelines).openapi()
    timeline = described["paths"]["/v1/customers/{customer}/timeline"]["get"]
    assert {p["name"] for p in timeline["parameters"]} >= {"cursor", "limit", "channel", "direction", "from", "to"}
    for status in ("401", "404", "422", "503"):
        assert list(timeline["responses"][status]["content"]) == ["application/problem+json"]


@pytest.mark.parametrize(
    ("model", "example"),
    [
        (answers.CustomerAnswer, examples.CUSTOMER),
        (calls.CallAnswer, examples.RINGING),
        (answers.CustomersAnswer, examples.CUSTOMERS),
        (answers.TimelineAnswer, examples.TIMELINE),
        (answers.ConnectorAnswer, examples.CONNECTOR),
        (delivery_answers.ArrivedAnswer, examples.ARRIVED),
        (delivery_answers.DeliveriesAnswer, examples.DELIVERIES),
        (delivery_answers.DeliveryAnswer, examples.DELIVERY),
        (Interaction, examples.INTERACTION),
        (Problem, examples.PROBLEM),
    ],
)
def test_examples_are_what_they_stand_for(model: type[BaseModel], example: dict[str, Any]) -> None:
    read = model.model_validate(example, extra="forbid")
    assert read.model_dump(mode="json", include=set(example)).keys() == example.keys()
