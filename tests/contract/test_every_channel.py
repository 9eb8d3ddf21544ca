"""What holds for every channel by being registered: repetition, order, strangers, and whatever else may arrive."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette

from captures import REGISTRIES, Case, another, cases, names, organisation, sources, written
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload, BadSignature, Skipped, Stumbled
from peyvand.event import InteractionEvent
from peyvand.publish import Reading
from peyvand.source import WebhookSource, normalised
from peyvand.testing import CAPTURED_AT, MemoryBlobs, MemoryPublisher
from peyvand.webhook import Hook, Webhooks
from timeline.folds.interaction import fold
from timeline.ports import Principal
from timeline.record import record
from timeline.store import SqlStore, SqlTimelines, open_database

CASES = list(cases())
CHANNELS = sorted({(case.service, case.channel) for case in CASES})
CALLS = [case for case in CASES if case.path.suffix == ".http" and isinstance(case.source(), WebhookSource)]
EVERYBODY = Principal("test")
MANY = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
ANYTHING = st.recursive(SCALARS, lambda some: st.lists(some, max_size=4) | st.dictionaries(st.text(), some, max_size=4))
ODD = ANYTHING | st.sampled_from([0, -1, 10**30, -(10**20), "", "0", "\x00", "\u202e", [], {}, [[]], [None], True])

# Whose vendors never put several messages into one delivery, and why.
ONE_AT_A_TIME = {
    "bale": "an update is one message",
    "goftino": "one call an event",
    "mapped": "as its rules say; LINE's recipe has several (tests/social/test_recipes.py)",
    "melipayamak": "one call a message; what is asked for is taken apart before it is a delivery",
    "orders": "a row of a table is a delivery",
    "rubika": "one call an update; what is asked for is taken apart before it is a delivery",
    "smsir": "what is asked for is taken apart before it is a delivery",
    "twilio_sms": "one call a message, or a change of its state",
    "webform": "one post a form",
    "woocommerce": "one call an order; a page of orders is taken apart before it is a delivery",
}
SEVERAL = sorted({source.name for source in sources("social")} - ONE_AT_A_TIME.keys())


@asynccontextmanager
async def serving(case: Case, account: dict[str, Any], publisher: MemoryPublisher) -> AsyncIterator[httpx.AsyncClient]:
    """Serve one connector of the case's channel, as if no time had passed since its call was captured."""
    source = case.source()
    assert isinstance(source, WebhookSource)
    # what the source would fetch lies in the captured headers already
    hook = Hook(replace(source, prove=None, follow=None), source.settings.model_validate(account))
    webhooks = Webhooks({"fixture": hook}, organisation(), publisher, MemoryBlobs(), now=lambda: CAPTURED_AT)
    transport = httpx.ASGITransport(Starlette(routes=[webhooks.route()]), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="https://peyvand.example.ir") as client:
        yield client


async def call(client: httpx.AsyncClient, delivery: Delivery, body: bytes | None = None) -> int:
    """Call as the vendor did, and return the status."""
    headers = {k: v for k, v in delivery.headers.items() if k not in ("content-length", "host")}
    query = urlsplit(delivery.url).query
    address = "/webhooks/fixture" + (f"?{query}" if query else "")
    if (host := delivery.headers.get("host")) is not None:
        address = f"https://{host}{address}"
    answer = await client.request(
        delivery.method, address, content=delivery.body if body is None else body, headers=headers
    )
    return answer.status_code


@pytest.mark.parametrize("case", CALLS, ids=names)
async def test_five_at_once_are_taken_and_give_the_ids_of_one(case: Case) -> None:
    publisher = MemoryPublisher()
    async with serving(case, written(case.path.parent), publisher) as client:
        statuses = await asyncio.gather(*(call(client, case.delivery) for _ in range(5)))
    if statuses[0] == 422:  # our own contract tells its caller what cannot be read, and keeps nothing
        assert (set(statuses), publisher.readings) == ({422}, [])
        return
    assert all(200 <= status < 400 for status in statuses)
    assert len(publisher.readings) == 5
    once = len(publisher.readings[0].events)
    assert len({event.event_id for event in publisher.events}) == once


@pytest.mark.parametrize("case", CALLS, ids=names)
async def test_another_secret_is_refused_and_leaves_nothing(case: Case) -> None:
    publisher = MemoryPublisher()
    source = case.source()
    async with serving(case, another(source.settings, written(case.path.parent)), publisher) as client:
        assert await call(client, case.delivery) == 403
    assert publisher.readings == []


@pytest.mark.parametrize("case", CALLS, ids=names)
async def test_while_the_bus_is_away_nobody_is_told_that_all_is_well(case: Case) -> None:
    async with serving(case, written(case.path.parent), MemoryPublisher(away=True)) as client:
        assert await call(client, case.delivery) in (503, 422)


def events_of(service: str, channel: str) -> list[InteractionEvent]:
    return [e for case in CASES if (case.service, case.channel) == (service, channel) for e in case.reading().events]


@pytest.mark.parametrize(("service", "channel"), CHANNELS)
def test_an_interaction_is_the_same_in_whatever_order_its_events_come(service: str, channel: str) -> None:
    by_interaction: dict[UUID, list[InteractionEvent]] = {}
    for event in events_of(service, channel):
        by_interaction.setdefault(event.interaction_id, []).append(event)
    for found in by_interaction.values():
        shuffled = random.Random(1).sample([*found, *found], 2 * len(found))
        assert fold(found) == fold(found[::-1]) == fold(shuffled)


@pytest.mark.parametrize(("service", "channel"), CHANNELS)
async def test_the_store_holds_the_same_in_whatever_order_deliveries_come(
    service: str, channel: str, tmp_path: Path
) -> None:
    found = [case.reading() for case in CASES if (case.service, case.channel) == (service, channel)]
    assert await stored(tmp_path / "a.db", found) == await stored(tmp_path / "b.db", [*found[::-1], *found])


@pytest.mark.parametrize("channel", SEVERAL)
async def test_several_in_one_request_are_each_stored_once(channel: str, tmp_path: Path) -> None:
    readings = [case.reading() for case in CASES if (case.service, case.channel) == ("social", channel)]
    reading = max(readings, key=lambda one: len({event.interaction_id for event in one.events}))
    found = await stored(tmp_path / "store.db", [reading] * 5)
    assert len(found) > 1
    assert None not in found


async def stored(path: Path, readings: list[Reading]) -> list[Any]:
    """Return the interactions that a store holds once it has recorded the readings one after another."""
    database = await open_database(f"sqlite:///{path}")
    store, timelines = SqlStore(database, organisation().id), SqlTimelines(database, organisation())
    try:
        for reading in readings:
            await record([reading], store)
        ids = sorted({event.interaction_id for reading in readings for event in reading.events})
        return [await timelines.interaction(EVERYBODY, one) for one in ids]
    finally:
        await database.close()


def fuzzed(service: str, channel: str) -> Iterator[Case]:
    """Yield a channel's cases that are short enough to be changed everywhere."""
    mine = [case for case in CASES if (case.service, case.channel) == (service, channel)]
    yield from (case for case in mine if len(case.delivery.body) < 20_000)


def understood(case: Case, delivery: Delivery) -> None:
    """Read a delivery, letting out every error but those that say what a delivery is."""
    source = case.source()
    try:
        events = normalised(source, delivery, case.settings(source), organisation())
    except Stumbled as error:
        raise AssertionError(str(error)) from error.__cause__
    except (Skipped, BadPayload, BadSignature):
        return
    assert all(isinstance(event, InteractionEvent) for event in events)


def places(value: Any) -> list[tuple[Any, ...]]:
    """Return the path of every value inside a JSON value."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [(), *((key, *rest) for key, below in inside for rest in places(below))]


def replaced(value: Any, place: tuple[Any, ...], other: Any) -> Any:
    if not place:
        return other
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[place[0]] = replaced(copy[place[0]], place[1:], other)
    return copy


def in_json(case: Case) -> bool:
    try:
        return isinstance(json.loads(case.delivery.body), dict | list)
    except ValueError:
        return False


@pytest.mark.parametrize(("service", "channel"), CHANNELS)
@MANY
@given(data=st.data())
def test_any_json_is_understood_skipped_or_kept(service: str, channel: str, data: st.DataObject) -> None:
    known = [case for case in fuzzed(service, channel) if in_json(case)]
    case = data.draw(st.sampled_from(known or CASES[:1]), label="case")
    value = json.loads(case.delivery.body) if known else None
    for _ in range(data.draw(st.integers(1, 3))):
        value = replaced(value, data.draw(st.sampled_from(places(value))), data.draw(ODD))
    understood(case, replace(case.delivery, body=json.dumps(value).encode()))


@pytest.mark.parametrize(("service", "channel"), CHANNELS)
@MANY
@given(data=st.data())
def test_any_bytes_and_any_cut_are_understood_skipped_or_kept(service: str, channel: str, data: st.DataObject) -> None:
    case = data.draw(st.sampled_from(list(fuzzed(service, channel)) or CASES[:1]))
    body = case.delivery.body
    at = data.draw(st.integers(0, len(body)))
    other = data.draw(st.binary(max_size=8))
    for damaged in (body[:at], body[:at] + other + body[at + len(other) :], other):
        understood(case, replace(case.delivery, body=damaged))


@pytest.mark.parametrize("case", CALLS, ids=names)
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_changed_header_proves_nothing_and_breaks_nothing(case: Case, data: st.DataObject) -> None:
    source = case.source()
    assert isinstance(source, WebhookSource)
    changed = {name: data.draw(st.text(max_size=40)) for name in case.delivery.headers}
    try:
        source.verify(
            replace(case.delivery, headers=changed, url=data.draw(st.text(max_size=60))), case.settings(source)
        )
    except BadSignature:
        return
    raise AssertionError("a call with nothing right about it was taken for genuine")


@pytest.mark.parametrize("service", REGISTRIES)
def test_every_channel_is_tried(service: str) -> None:
    assert {source.name for source in sources(service)} == {name for at, name in CHANNELS if at == service}
