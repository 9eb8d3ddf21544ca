"""Whose request it is, and how a partner's developer sees what became of his: the page and GET /v1/requests."""

import re
from datetime import timedelta
from typing import Any

import orjson
import pytest
from pydantic import SecretStr, ValidationError

from ingest_social.channels import partner
from ingest_social.partners.limit import Counting, Limit
from peyvand.errors import BadSignature
from peyvand.signature import sign_standard_webhooks
from peyvand.testing import CAPTURED_AT
from social.accounts import delivered
from social.partners import NEXT, OFFICE, SECRET, TEST, note, office, order

BODY = orjson.dumps(order())


def signed(body: bytes = BODY, secret: str = SECRET, seconds: int = 0) -> dict[str, str]:
    stamp = int((CAPTURED_AT + timedelta(seconds=seconds)).timestamp())
    signature = sign_standard_webhooks("msg_1", stamp, body, SecretStr(secret))
    return {"webhook-id": "msg_1", "webhook-timestamp": str(stamp), "webhook-signature": signature}


async def test_a_signature_with_the_key_is_enough() -> None:
    async with office() as shop:
        answer = await shop.post(BODY, None, headers=signed())
        other = await shop.post(BODY + b" ", None, headers=signed())
    assert (answer.status_code, other.status_code) == (201, 401)


async def test_a_clock_that_is_off_is_told_in_seconds_to_the_keys_owner() -> None:
    async with office() as shop:
        old = await shop.post(BODY, None, headers=signed(seconds=-412))
        ahead = await shop.post(BODY, None, headers=signed(seconds=301))
        listed = (await shop.get("/v1/requests")).json()["requests"]
    assert (old.status_code, ahead.status_code) == (403, 403)
    assert [r["why"] for r in listed] == [
        "the timestamp is 301 s ahead; five minutes are allowed",
        "the timestamp is 412 s old; five minutes are allowed",
    ]
    assert shop.publisher.readings == []


async def test_a_bad_signature_is_not_saved_by_a_good_key() -> None:
    async with office() as shop:
        answer = await shop.post(BODY, SECRET, headers=signed(secret=NEXT))
    assert answer.status_code == 403


def test_a_key_that_signs_takes_no_unsigned_request() -> None:
    settings = partner.Settings.model_validate({"keys": [{"name": "erp", "secret": SECRET, "signed": True}]})
    bearer = {"authorization": f"Bearer {SECRET}"}
    partner.verify(delivered("partner", BODY, {**bearer, **signed()}), settings)
    with pytest.raises(BadSignature, match="signed requests only"):
        partner.verify(delivered("partner", BODY, bearer), settings)


async def test_no_key_is_kept_with_what_it_brought() -> None:
    async with office() as shop:
        await shop.post(BODY, SECRET, headers=signed())
    (reading,) = shop.publisher.readings
    assert SECRET not in str(reading.delivery)
    assert reading.delivery.body == BODY


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ({}, "needs a secret, or keys"),
        ({"secret": [SECRET, SECRET]}, "two have one secret"),
        ({"keys": [{"name": "a", "secret": SECRET}, {"name": "a", "secret": NEXT}]}, "two have one name"),
        ({"keys": [{"name": "a", "secret": "short"}]}, "at least 16"),
        ({"keys": [{"name": "a", "secret": "کلید محرمانهٔ ما همین است"}]}, "must be ASCII"),
        ({"keys": [{"name": "a", "secret": SECRET, "limits": "often"}]}, "is no limit"),
        ({"keys": [{"name": "A b", "secret": SECRET}]}, "needs a name"),
    ],
)
def test_keys_that_cannot_work_are_refused_before_anything_starts(written: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        partner.Settings.model_validate(written)


async def test_check_says_what_each_key_may_do() -> None:
    keys = [{"name": "forms", "secret": NEXT, "types": ["form"], "test": True}]
    said = await partner.check(partner.Settings.model_validate({"secret": SECRET, "keys": keys}))
    assert said == "ready at POST /v1/events; key: everything; forms: form · stores nothing"


def test_each_window_of_a_limit_begins_anew() -> None:
    clock = [100.0]
    counting = Counting(lambda: clock[0])
    limits = [Limit(count=1, seconds=1), Limit(count=2, seconds=60)]
    assert [counting.take("a", limits).wait for _ in range(2)] == [None, 1]
    clock[0] += 1.0
    assert [counting.take("a", limits).wait for _ in range(2)] == [None, 59]
    assert counting.take("b", limits).wait is None
    clock[0] += 59.0
    assert counting.take("a", limits).headers["RateLimit"] == '"1-1s";r=0;t=1, "2-60s";r=1;t=60'


async def test_a_key_sees_its_own_requests_and_why_each_was_refused() -> None:
    async with office() as shop:
        await shop.post(order())
        await shop.post([note(), {"id": "bad", "type": "wedding"}])
        await shop.post(order(text="other"))
        await shop.post(order("theirs"), OFFICE)
        await shop.post(order("tried"), TEST)
        listed = (await shop.get("/v1/requests")).json()
    assert listed["key"] == "key"
    assert [(r["status"], [row["id"] for row in r["rows"]]) for r in listed["requests"]] == [
        (409, ["order-1"]), (207, ["bad", "note-1"]), (201, ["order-1"]),
    ]  # fmt: skip
    assert "raise revision" in listed["requests"][0]["why"]
    assert "/1/type" in listed["requests"][1]["rows"][0]["why"]
    assert "1250000" not in str(listed)


async def test_what_was_refused_says_so_when_it_is_asked_for() -> None:
    async with office() as shop:
        await shop.post({**note(), "mood": "good"})
        failed, never = await shop.get("/v1/events/note-1"), await shop.get("/v1/events/note-2")
    assert failed.json() == {
        "id": "note-1", "state": "failed", "status": 422, "why": "/mood: Extra inputs are not permitted",
    }  # fmt: skip
    assert never.status_code == 404


@pytest.mark.parametrize(("language", "direction", "title"), [
    ("fa-IR", "rtl", "درخواست‌های شما به پیوند"), ("en-GB", "ltr", "Your requests to Peyvand"),
])  # fmt: skip
async def test_the_page_shows_a_keys_requests_in_the_readers_language(
    language: str, direction: str, title: str
) -> None:
    async with office() as shop:
        await shop.post({**order("<script>"), "mood": "good"})
        shown = await shop.client.post("/partner", data={"key": SECRET}, headers={"accept-language": language})
    assert shown.status_code == 200
    assert f'dir="{direction}"' in shown.text
    assert title in shown.text
    assert "&lt;script&gt;" in shown.text
    assert "<script>" not in shown.text
    assert "/mood: Extra inputs are not permitted" in shown.text
    assert SECRET not in shown.text


async def test_the_page_loads_nothing_is_not_kept_and_takes_no_key_in_its_address() -> None:
    async with office() as shop:
        page = await shop.client.get("/partner", params={"key": SECRET, "lang": "en"})
        wrong = await shop.client.post("/partner", data={"key": "pk_guess_0000000000000", "lang": "en"})
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers["cache-control"] == "no-store"
    assert not re.search(r"<table|src=|@import|url\(", page.text)
    assert (wrong.status_code, "none of ours" in wrong.text) == (401, True)
