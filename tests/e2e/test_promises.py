"""Promises to agents, ops teams and webhook callers, driven through the running product."""

import asyncio
import json
import re
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from mailing import mail
from parts.dovecot import Dovecot
from parts.loopback import wait_until
from standalone.running import Peyvand
from standalone.signing import SECRET, signed

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]

BOT = "shop-bot-secret-of-24-chars"
TOKEN = "700100:AAE-token-of-the-shop-bot_0123456789abc"
CONFIGURATION = f"""\
organisation: {{name: نمونه, domains: [example.ir], timezone: Asia/Tehran}}
connectors:
  - {{name: site-form, channel: webform, secret: {SECRET}}}
  - {{name: shop-bot, channel: telegram, mode: webhook, token: "{TOKEN}", secret: {BOT}}}
"""


@pytest.fixture
def running(product: Peyvand) -> Peyvand:
    (product.folder / "peyvand.yaml").write_text(CONFIGURATION, encoding="utf-8")
    return product.start()


def form(product: Peyvand, sent: str, **fields: str) -> httpx.Response:
    body = json.dumps(fields, ensure_ascii=False).encode()
    return httpx.post(
        f"{product.url}/webhooks/site-form", content=body, headers=signed(sent, body), timeout=20, trust_env=False
    )


def update(product: Peyvand, number: int, secret: str = BOT, **content: Any) -> httpx.Response:
    who = {"id": 5104467321, "is_bot": False, "first_name": "Maryam"}
    told = content or {
        "message": {
            "message_id": number, "date": int(time.time()), "from": who, "chat": {**who, "type": "private"},
            "text": f"message {number}",
        }
    }  # fmt: skip
    return httpx.post(
        f"{product.url}/webhooks/shop-bot",
        json={"update_id": number, **told},
        headers={"x-telegram-bot-api-secret-token": secret},
        timeout=20,
        trust_env=False,
    )


def books(product: Peyvand) -> dict[str, dict[str, Any]]:
    return {c["name"]: c for c in product.get("/v1/connectors")["connectors"]}


def test_the_same_delivery_five_times_at_once_is_one_event(running: Peyvand) -> None:
    with ThreadPoolExecutor(5) as five:
        forms = list(five.map(lambda _: form(running, "msg_1", phone="09121112233", message="سلام"), range(5)))
        updates = list(five.map(lambda _: update(running, 7), range(5)))
    assert {r.status_code for r in forms + updates} == {200}
    for name in ("site-form", "shop-bot"):
        kept = books(running)[name]
        assert (kept["seen"], kept["stored"], kept["duplicate"], kept["balanced"]) == (5, 1, 4, True)
    [caller] = running.customers("09121112233")
    assert len(running.timeline(caller["id"])) == 1


def test_an_unknown_type_is_200_kept_counted_and_shown_and_those_behind_it_arrive(running: Peyvand) -> None:
    assert update(running, 1, hologram={"from": {"id": 1}}).status_code == 200
    broken = httpx.post(
        f"{running.url}/webhooks/shop-bot", content=b'{"update_id": ', trust_env=False,
        headers={"x-telegram-bot-api-secret-token": BOT},
    )  # fmt: skip
    assert broken.status_code == 200
    assert update(running, 2).status_code == 200
    kept = books(running)["shop-bot"]
    assert (kept["seen"], kept["stored"], kept["kept"], kept["balanced"]) == (3, 1, 2, True)
    metrics = running.metrics()
    assert 'peyvand_deliveries_total{connector="shop-bot",outcome="kept"} 2.0' in metrics


def test_a_wrong_signature_is_403_counted_and_leaves_nothing(running: Peyvand) -> None:
    assert update(running, 1, secret="another").status_code == 403
    body = b'{"phone": "09121112233", "message": "x"}'
    for headers in (
        signed("msg_1", body, "whsec_b3RoZXI="),
        {**signed("msg_1", body), "webhook-timestamp": "1000000000"},
        {},
    ):
        refused = httpx.post(f"{running.url}/webhooks/site-form", content=body, headers=headers, trust_env=False)
        assert refused.status_code == 403
        assert refused.headers["content-type"] == "application/problem+json"
    assert {name: b["seen"] for name, b in books(running).items()} == {"site-form": 0, "shop-bot": 0}
    metrics = running.metrics()
    assert 'peyvand_refused_total{connector="site-form",status="403"} 3.0' in metrics


def test_a_number_in_any_writing_is_one_customer_and_so_are_words(running: Peyvand) -> None:
    for n, number in enumerate(("0912 111 2233", "+989121112233", "۰۹۱۲۱۱۱۲۲۳۳", "00989121112233")):
        assert form(running, f"msg_{n}", phone=number, message="كتاب ۱۲۳ رسيد").status_code == 200
    [caller] = running.customers("989121112233")
    assert len(running.timeline(caller["id"])) == 4
    assert running.customers("کتاب 123") == running.customers("رسید") == [caller]


def test_each_entry_answers_why_it_is_here(running: Peyvand) -> None:
    form(running, "msg_1", phone="09121112233", message="سلام")
    [caller] = running.customers("09121112233")
    [entry] = running.timeline(caller["id"])
    [told] = running.get(f"/v1/interactions/{entry['id']}/why")["events"]
    assert told["connector"] == "site-form"
    assert re.fullmatch(r"[0-9a-f-]{36}", told["delivery_id"])
    page = httpx.get(f"{running.url}/interactions/{entry['id']}?lang=en", trust_env=False).text
    assert "site-form" in page
    assert told["delivery_id"] in page


def test_no_log_line_and_no_metric_holds_a_body_an_address_or_a_secret(running: Peyvand) -> None:
    words = {"phone": "09121112233", "email": "confidential@example.com", "name": "محرمانه", "message": "secret words"}
    form(running, "msg_1", **words)
    form(running, "msg_2", phone="1", name="nobody")
    update(running, 1)
    update(running, 2, secret="wrong-secret-of-somebody")
    httpx.get(f"{running.url}/v1/customers", params={"q": "confidential@example.com"}, trust_env=False)
    metrics, stored = running.metrics(), running.stored()
    running.stop()
    for private in (*words.values(), "9121112233", SECRET, BOT, TOKEN, "wrong-secret", "5104467321", "message 1"):
        assert private not in running.log, private
        assert private not in metrics, private
    assert BOT.encode() not in stored


async def test_a_webhook_is_visible_on_an_open_page_within_two_seconds(running: Peyvand) -> None:
    form(running, "msg_first", phone="09121112233", message="first")
    [caller] = running.customers("09121112233")
    taken: list[float] = []
    async with _stream(running, caller["id"]) as lines:
        for n in range(25):
            sent = time.monotonic()
            await asyncio.to_thread(form, running, f"msg_{n}", phone="09121112233", message=f"word-{n}-")
            await _heard(lines, f"word-{n}-")
            taken.append(time.monotonic() - sent)
    assert _p95(taken) < 2, taken


async def test_a_mail_is_visible_on_an_open_page_within_five_seconds(product: Peyvand, dovecot: Dovecot) -> None:
    username, password = dovecot.user("support")
    (product.folder / "peyvand.yaml").write_text(
        f"""\
organisation: {{name: نمونه, domains: [example.ir]}}
connectors:
  - name: support
    channel: imap
    host: {dovecot.host}
    port: {dovecot.port}
    tls: none
    username: {username}
    password: "{password}"
"""
    )
    dovecot.deliver("support", "INBOX", _mail("first"))
    await asyncio.to_thread(product.start)
    await asyncio.to_thread(wait_until, lambda: bool(product.customers("maryam@example.com")), "the first mail", 30)
    [maryam] = product.customers("maryam@example.com")
    taken: list[float] = []
    async with _stream(product, maryam["id"]) as lines:
        for n in range(12):
            sent = time.monotonic()
            dovecot.deliver("support", "INBOX", _mail(f"word-{n}-"))
            await _heard(lines, f"word-{n}-")
            taken.append(time.monotonic() - sent)
    assert _p95(taken) < 5, taken


def _mail(word: str) -> bytes:
    return mail(
        word, f"text of {word}", **{"From": "Maryam <maryam@example.com>", "Message-ID": f"<{word}@example.com>"}
    )


class _stream:  # noqa: N801 - reads as what it gives: `async with _stream(…) as lines`
    """A customer's live stream, as an open page reads it."""

    def __init__(self, product: Peyvand, customer: str) -> None:
        self.client = httpx.AsyncClient(base_url=product.url, timeout=None, trust_env=False)
        self.address = f"/v1/customers/{customer}/stream"

    async def __aenter__(self) -> Any:
        request = self.client.build_request("GET", self.address)
        self.answer = await self.client.send(request, stream=True)
        assert self.answer.status_code == 200
        return self.answer.aiter_lines()

    async def __aexit__(self, *_error: object) -> None:
        await self.answer.aclose()
        await self.client.aclose()


async def _heard(lines: Any, word: str) -> None:
    async with asyncio.timeout(20):
        async for line in lines:
            if word in line:
                return
    raise AssertionError(f"the stream ended before {word}")


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]
