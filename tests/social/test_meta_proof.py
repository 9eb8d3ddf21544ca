"""How Meta proves itself and asks us to, over real HTTP where it matters."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from pydantic import ValidationError
from starlette.applications import Starlette

from ingest_social.meta.times import moment, placed
from peyvand.errors import BadSignature
from peyvand.testing import MemoryBlobs, MemoryPublisher
from peyvand.webhook import Hook, Webhooks
from social.accounts import ORGANISATION, fixture
from social.metas import SECRET, SOURCES, account, signed

CHANNELS = sorted(SOURCES)
WORD = "peyvand-checks-this-word"
ASKED = {"hub.mode": "subscribe", "hub.verify_token": WORD, "hub.challenge": "1158201444"}


@pytest.fixture
def publisher() -> MemoryPublisher:
    return MemoryPublisher()


@pytest.fixture
async def caller(publisher: MemoryPublisher) -> AsyncIterator[httpx.AsyncClient]:
    hooks = {channel: Hook(SOURCES[channel], account(channel)) for channel in CHANNELS}
    webhooks = Webhooks(hooks, ORGANISATION, publisher, MemoryBlobs())
    transport = httpx.ASGITransport(Starlette(routes=[webhooks.route()]))
    async with httpx.AsyncClient(transport=transport, base_url="https://peyvand.example.ir") as client:
        yield client


@pytest.mark.parametrize("channel", CHANNELS)
async def test_the_handshake_repeats_what_meta_asks_for(caller: httpx.AsyncClient, channel: str) -> None:
    answer = await caller.get(f"/webhooks/{channel}", params=ASKED)
    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    "other",
    [
        {"hub.verify_token": "peyvand-checks-another-word"},
        {"hub.verify_token": ""},
        {"hub.mode": "unsubscribe"},
        {"hub.verify_token": [WORD, WORD]},
    ],
)
async def test_a_handshake_with_another_word_is_refused(caller: httpx.AsyncClient, other: dict[str, Any]) -> None:
    answer = await caller.get("/webhooks/whatsapp", params={**ASKED, **other})
    assert answer.status_code == 403


async def test_a_call_is_taken_by_its_bytes_and_not_by_what_they_say(
    caller: httpx.AsyncClient, publisher: MemoryPublisher
) -> None:
    call = fixture("whatsapp", "image.http")
    taken = await caller.post("/webhooks/whatsapp", content=call.body, headers=dict(call.headers))
    written_again = call.body.replace(b"\\/", b"/")
    refused = await caller.post("/webhooks/whatsapp", content=written_again, headers=dict(call.headers))
    assert (taken.status_code, refused.status_code, len(publisher.events)) == (200, 403, 1)


def test_the_secrets_of_two_apps_hold_at_once() -> None:
    both = account("instagram", app_secret=["the-secret-of-the-facebook-app", SECRET])
    for secret in ("the-secret-of-the-facebook-app", SECRET):
        SOURCES["instagram"].verify(signed("instagram", {}, secret), both)
    with pytest.raises(BadSignature):
        SOURCES["instagram"].verify(signed("instagram", {}, "a-third-secret-of-nobody"), both)


@pytest.mark.parametrize("given", ["", "sha256=", "sha1=00", "sha256=zz", SECRET])
async def test_a_header_that_is_no_signature_is_refused(caller: httpx.AsyncClient, given: str) -> None:
    headers = {"x-hub-signature-256": given}
    answer = await caller.post("/webhooks/messenger", content=b"{}", headers=headers)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"portfolio": None}, "portfolio: needed for the Cloud API"),
        ({"app_secret": "short"}, "at least 16 characters"),
        ({"phone_number_id": "+98 21"}, "pattern"),
        ({"version": "25"}, "pattern"),
        ({"proxy": "127.0.0.1:1080"}, "pattern"),
        ({"number": "call me"}, "is no number"),
    ],
)
def test_a_mistake_in_the_file_is_named(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        account("whatsapp", **fields)


def test_a_number_alone_is_enough_for_exported_chats_and_takes_no_calls() -> None:
    alone = SOURCES["whatsapp"].settings.model_validate({"number": "+98 912 345 6789"})
    assert not alone.takes_calls
    with pytest.raises(BadSignature):
        SOURCES["whatsapp"].verify(signed("whatsapp", {}, ""), alone)


AT = datetime(2026, 10, 4, 8, 29, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [1791102540, 1791102540000, "1791102540", "1791102540000", "2026-10-04T08:29:00+0000", "2026-10-04T11:59:00+03:30"],
)
def test_a_time_is_read_in_whatever_unit_it_comes(written: Any) -> None:
    assert moment(written) == AT


@pytest.mark.parametrize(
    "written", [None, 0, "0", -5, True, "", "soon", 10**40, "9" * 30, 1e300, [], {}, "1e9", "0001-01-01T00:00+14:00"]
)
def test_what_is_no_time_is_none(written: Any) -> None:
    assert moment(written) is None
    assert placed(written) == "0" * 15
