"""The service's webhooks as their callers see them: every answer, and what is durable by then."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from ingest_social.channels import bale, telegram, webform
from peyvand.source import WebhookSource
from peyvand.testing import CAPTURED_AT, MemoryBlobs, MemoryPublisher
from peyvand.webhook import Hook, Webhooks
from social.accounts import ORGANISATION, bale_account, fixture, fixture_settings, form_account

HOOKS = {
    "shop-bot": Hook(telegram.WEBHOOK, telegram.Settings.model_validate(fixture_settings("telegram"))),
    "shop-bale": Hook(bale.WEBHOOK, bale_account(mode="webhook", secret=fixture_settings("bale")["secret"])),
    "site-form": Hook(webform.SOURCE, webform.Settings.model_validate(fixture_settings("webform"))),
    "other-form": Hook(webform.SOURCE, form_account(form=True, origins=["https://www.example.ir"], redirect="https://www.example.ir/ok")),
}  # fmt: skip


@pytest.fixture
def publisher() -> MemoryPublisher:
    return MemoryPublisher()


@asynccontextmanager
async def serving(publisher: MemoryPublisher, now: datetime = CAPTURED_AT) -> AsyncIterator[httpx.AsyncClient]:
    webhooks = Webhooks(HOOKS, ORGANISATION, publisher, MemoryBlobs(), now=lambda: now)
    transport = httpx.ASGITransport(Starlette(routes=[webhooks.route()]))
    async with httpx.AsyncClient(transport=transport, base_url="https://peyvand.example.ir") as client:
        yield client


async def post(
    publisher: MemoryPublisher, channel: str, name: str, to: str | None = None, **changed: Any
) -> httpx.Response:
    """Post a captured call, with other headers or another body where a test says so."""
    call = fixture(channel, f"{name}.http")
    headers = {**call.headers, **changed.get("headers", {})}
    content = changed.get("content", call.body)
    headers.pop("content-length", None)
    async with serving(publisher) as client:
        return await client.post(to or call.url, content=content, headers=headers)


CALLS = [
    ("telegram", "text_persian"),
    ("telegram", "business_deleted"),
    ("bale", "document"),
    ("webform", "signed_persian"),
    ("webform", "html_persian"),
    ("webform", "html_with_a_file"),
]


@pytest.mark.parametrize(("channel", "name"), CALLS)
async def test_a_captured_call_is_durable_before_its_answer(
    publisher: MemoryPublisher, channel: str, name: str
) -> None:
    answer = await post(publisher, channel, name)
    assert (answer.status_code, len(publisher.readings), bool(publisher.events)) == (200, 1, True)


@pytest.mark.parametrize(("channel", "name"), CALLS)
async def test_five_at_once_are_one_event(publisher: MemoryPublisher, channel: str, name: str) -> None:
    answers = await asyncio.gather(*(post(publisher, channel, name) for _ in range(5)))
    assert [answer.status_code for answer in answers] == [200] * 5
    once = len(publisher.readings[0].events)
    assert len(publisher.events) == 5 * once
    assert len({event.event_id for event in publisher.events}) == once


@pytest.mark.parametrize(("channel", "name"), CALLS)
async def test_our_own_trouble_is_answered_with_when_to_come_again(channel: str, name: str) -> None:
    answer = await post(MemoryPublisher(away=True), channel, name)
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0


async def test_an_unknown_connector_is_not_found(publisher: MemoryPublisher) -> None:
    answer = await post(publisher, "telegram", "text_persian", to="/webhooks/nobody")
    assert (answer.status_code, publisher.readings) == (404, [])
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("channel", "name", "changed"),
    [
        ("telegram", "text_persian", {"headers": {"x-telegram-bot-api-secret-token": "wrong"}}),
        ("telegram", "text_persian", {"headers": {"x-telegram-bot-api-secret-token": ""}}),
        ("bale", "document", {"to": "/webhooks/shop-bale?key=wrong"}),
        ("bale", "document", {"to": "/webhooks/shop-bale"}),
        ("webform", "signed_persian", {"content": b"{}"}),
        ("webform", "signed_persian", {"to": "/webhooks/other-form"}),
        ("webform", "html_persian", {"headers": {"origin": "https://evil.example"}}),
    ],
)
async def test_whoever_cannot_prove_himself_is_refused_and_leaves_nothing(
    publisher: MemoryPublisher, channel: str, name: str, changed: dict[str, Any]
) -> None:
    answer = await post(publisher, channel, name, **changed)
    assert (answer.status_code, publisher.readings) == (403, [])


@pytest.mark.parametrize("channel", ["telegram", "webform"])
async def test_too_large_is_refused_before_it_is_read(publisher: MemoryPublisher, channel: str) -> None:
    name = {"telegram": "text_persian", "webform": "signed_persian"}[channel]
    sources: dict[str, WebhookSource[Any]] = {"telegram": telegram.WEBHOOK, "webform": webform.SOURCE}
    answer = await post(publisher, channel, name, content=b"x" * (sources[channel].max_body + 1))
    assert (answer.status_code, publisher.readings) == (413, [])


@pytest.mark.parametrize(
    "body", [b"no JSON", b'{"update_id":1,"telepathy":{}}', b'{"update_id":2,"message":{"text":1}}']
)
async def test_a_vendors_genuine_but_unreadable_call_is_taken_and_kept(publisher: MemoryPublisher, body: bytes) -> None:
    answer = await post(publisher, "telegram", "text_persian", content=body)
    assert (answer.status_code, answer.content) == (200, b"")
    (reading,) = publisher.readings
    assert (reading.delivery.body, reading.events, bool(reading.kept)) == (body, (), True)


async def test_our_own_form_answers_what_is_wrong_and_publishes_nothing(publisher: MemoryPublisher) -> None:
    answer = await post(
        publisher,
        "webform",
        "html_persian",
        to="/webhooks/other-form",
        headers={"content-type": "application/x-www-form-urlencoded", "sec-fetch-mode": "cors"},
        content=b"name=Ali&subject=" + b"x" * 1001,
    )
    assert (answer.status_code, publisher.readings) == (422, [])
    assert answer.json()["errors"] == [{"pointer": "/subject", "detail": "String should have at most 1000 characters"}]


async def test_a_form_that_says_nothing_is_told_so(publisher: MemoryPublisher) -> None:
    script = {"sec-fetch-mode": "cors"}
    answer = await post(publisher, "webform", "html_persian", content=b"name=Ali", headers=script)
    assert (answer.status_code, publisher.readings) == (422, [])
    assert "needs at least one of phone, email and message" in answer.json()["errors"][0]["detail"]


async def test_a_robot_in_the_honeypot_gets_its_page_and_makes_no_event(publisher: MemoryPublisher) -> None:
    answer = await post(publisher, "webform", "html_honeypot")
    assert answer.status_code == 200
    assert [(reading.skipped, reading.events) for reading in publisher.readings] == [("honeypot", ())]


async def test_a_visitor_is_sent_on_to_the_page_of_the_settings(publisher: MemoryPublisher) -> None:
    answer = await post(publisher, "webform", "html_persian", to="/webhooks/other-form?redirect=https://evil.example")
    assert (answer.status_code, answer.headers["location"]) == (303, "https://www.example.ir/ok")


async def test_a_visitor_reads_thanks_in_persian(publisher: MemoryPublisher) -> None:
    answer = await post(publisher, "webform", "html_persian")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "سپاسگزاریم" in answer.text


async def test_a_late_signature_is_refused_with_its_lateness(publisher: MemoryPublisher) -> None:
    call = fixture("webform", "signed_english.http")
    async with serving(publisher, now=CAPTURED_AT.replace(minute=40)) as client:
        answer = await client.post(call.url, content=call.body, headers=dict(call.headers))
    assert answer.status_code == 403
    assert "600 s old" in answer.json()["detail"]


async def test_looking_at_a_webhook_says_that_it_takes_post(publisher: MemoryPublisher) -> None:
    async with serving(publisher) as client:
        answer = await client.get("/webhooks/shop-bot")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
