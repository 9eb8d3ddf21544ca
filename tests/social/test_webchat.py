"""What the website's chats say, who said it, and what proves it."""

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import orjson
import pytest
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ingest_social.channels import crisp, goftino, tawk
from ingest_social.chats import goftino as goftino_reading
from parts.loopback import free_port
from parts.served import served
from peyvand.delivery import Delivery
from peyvand.errors import BadSignature, Gone, SignInFailed
from peyvand.event import Attachment, Direction, InteractionEvent, Status
from peyvand.source import Remote, WebhookSource, normalised
from social.accounts import ORGANISATION, delivered, fixture, fixture_settings
from timeline.folds.interaction import fold

SOURCES: dict[str, WebhookSource[Any]] = {"crisp": crisp.SOURCE, "goftino": goftino.SOURCE, "tawk": tawk.SOURCE}


def account(channel: str) -> Any:
    return SOURCES[channel].settings.model_validate(fixture_settings(channel))


def read(channel: str, *names: str) -> list[InteractionEvent]:
    """Return the events of captured calls."""
    source = SOURCES[channel]
    calls = [fixture(channel, f"{name}.http") for name in names]
    return [e for call in calls for e in normalised(source, call, account(channel), ORGANISATION)]


def signed(body: bytes, stamp: int, secret: str = "9f4c2e7ab1d3508866fce1a7d2b94c30") -> Delivery:
    """Return a call as Crisp signs it."""
    signature = hmac.new(secret.encode(), b"[%d;%b]" % (stamp, body), hashlib.sha256).hexdigest()
    headers = {"x-crisp-request-timestamp": str(stamp), "x-crisp-signature": signature}
    return delivered("crisp", body, headers)


NOW = 1791102600  # CAPTURED_AT


@pytest.mark.parametrize("stamp", [NOW * 1000, NOW, NOW * 1000 - 299_000, NOW + 299])
def test_crisp_proves_a_call_of_the_last_five_minutes_in_either_unit(stamp: int) -> None:
    crisp.verify(signed(b"{}", stamp), account("crisp"))


@pytest.mark.parametrize("stamp", [NOW * 1000 - 301_000, NOW + 301, 0, NOW * 1000_000])
def test_an_old_call_of_crisp_is_refused_though_it_is_signed(stamp: int) -> None:
    with pytest.raises(BadSignature):
        crisp.verify(signed(b"{}", stamp), account("crisp"))


def test_a_secret_in_the_address_is_no_way_around_a_signature() -> None:
    both = crisp.Settings.model_validate({**fixture_settings("crisp"), "secret": "sixteen-characters"})
    unsigned = delivered("crisp", b"{}", url="https://peyvand.example.ir/webhooks/chat?key=sixteen-characters")
    with pytest.raises(BadSignature):
        crisp.verify(unsigned, both)
    crisp.verify(unsigned, crisp.Settings.model_validate({"secret": "sixteen-characters"}))


def test_an_edit_a_removal_and_a_reading_stand_on_the_operators_message_in_any_order() -> None:
    events = read("crisp", "from_operator", "operator_edits", "operator_removes", "visitor_has_read")
    mine = [e for e in events if e.interaction_id == events[0].interaction_id]
    found = fold(mine)
    assert (found.direction, found.text, found.status) == (
        Direction.OUTBOUND,
        "سلام، بله؛ سه رنگ موجود است",
        Status.READ,
    )
    assert found.deleted_at is not None
    assert [(p.role, p.ours) for p in found.parties] == [("from", True), ("to", False)]
    assert fold(mine[::-1]) == found


def test_what_a_visitor_leaves_stands_beside_his_session() -> None:
    [left] = read("crisp", "phone_given")
    [spoken] = read("crisp", "from_visitor")
    assert {h.key for h in spoken.parties[0].handles} < {h.key for h in left.parties[0].handles}
    assert ("phone", "", "+989121112233") in {h.key for h in left.parties[0].handles}
    assert all(h.proof == "claimed" for h in left.parties[0].handles)


def test_the_first_message_of_a_chat_is_the_same_in_its_transcript() -> None:
    [first] = read("tawk", "chat_start")
    transcript = read("tawk", "transcript")
    assert first.interaction_id == transcript[0].interaction_id
    assert len({e.interaction_id for e in transcript}) == len(transcript) == 5


def test_a_transcript_that_goes_on_adds_only_what_is_new() -> None:
    call = fixture("tawk", "transcript.http")
    body = orjson.loads(call.body)
    body["chat"]["messages"].append(
        {"sender": {"t": "v"}, "type": "msg", "msg": "ممنون", "time": "2026-10-04T08:40:00Z"}
    )
    longer = replace(call, body=orjson.dumps(body))
    ids = [e.interaction_id for e in normalised(tawk.SOURCE, longer, account("tawk"), ORGANISATION)]
    assert ids[:-1] == [e.interaction_id for e in read("tawk", "transcript")]
    assert len(set(ids)) == 6


def test_a_visitor_without_an_address_is_known_by_his_chat_alone() -> None:
    [anonymous], [known] = read("tawk", "chat_start_anonymous"), read("tawk", "chat_start")
    assert [h.kind for h in anonymous.parties[0].handles] == ["web"]
    assert [h.kind for h in known.parties[0].handles] == ["email"]


def test_an_address_of_ours_that_a_visitor_typed_is_not_his() -> None:
    [event] = read("goftino", "with_a_phone")
    assert [h.kind for h in event.parties[0].handles] == ["web", "phone"]
    assert not event.parties[0].ours


@pytest.mark.parametrize("channel", sorted(SOURCES))
async def test_a_file_is_fetched_from_its_address_and_nothing_else(channel: str) -> None:
    source = SOURCES[channel]
    assert source.locate is not None
    where = await source.locate(account(channel), Attachment(at=f"{channel}:https://files.example/a.pdf", size=7))
    assert isinstance(where, Remote)
    assert (where.url, where.size, where.trusted, where.headers) == ("https://files.example/a.pdf", 7, False, {})
    for at in ("file:///etc/passwd", "http://10.0.0.1/x", ""):
        with pytest.raises(Gone):
            await source.locate(account(channel), Attachment(at=f"{channel}:{at}"))


def test_a_file_whose_address_is_none_is_no_file() -> None:
    call = fixture("crisp", "file_from_visitor.http")
    body = call.body.replace(b"https://storage.crisp.chat", b"file:///etc")
    [event] = normalised(crisp.SOURCE, replace(call, body=body), account("crisp"), ORGANISATION)
    assert event.attachments == ()


@pytest.mark.parametrize(
    ("channel", "given", "words"),
    [
        ("crisp", {}, "signing_secret: is missing"),
        ("tawk", {"secret": []}, "secret: is missing"),
        ("goftino", {"secret": []}, "secret: is missing"),
        ("goftino", {"secret": "short"}, "at least 16"),
        ("tawk", {"secret": "sixteen-characters", "proxy": "ftp://x"}, "must begin with"),
    ],
)
def test_settings_that_cannot_work_are_told_at_the_start(channel: str, given: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        SOURCES[channel].settings.model_validate(given)


@pytest.fixture
def rest() -> Iterator[str]:
    """Serve the two questions that Goftino is asked, to whoever has the key."""

    async def answer(request: Request) -> Response:
        if request.headers.get("goftino-key") != "a-key-of-ours":
            return JSONResponse({"status": "error", "code": "1"})
        return JSONResponse({"status": "success", "data": {"name": "مریم", "phone": "09121112233", "email": ""}})

    with served(Starlette(routes=[Route("/v1/{method}", answer)])) as url:
        yield url


def asking(url: str, key: str = "a-key-of-ours") -> goftino.Settings:
    return goftino.Settings.model_validate({**fixture_settings("goftino"), "base_url": url, "api_key": key})


@pytest.mark.real
async def test_goftinos_key_is_tried(rest: str) -> None:
    assert "Goftino answers" in await goftino.check(asking(rest))
    with pytest.raises(SignInFailed, match="does not take our key"):
        await goftino.check(asking(rest, "another-key"))


@pytest.mark.real
async def test_goftino_is_asked_who_writes(rest: str) -> None:
    call = await goftino.follow(fixture("goftino", "from_user.http"), asking(rest))
    [event] = normalised(goftino.SOURCE, call, asking(rest), ORGANISATION)
    assert ("phone", "", "+989121112233") in {h.key for h in event.parties[0].handles}
    assert event.parties[0].name == "مریم"


@pytest.mark.real
@pytest.mark.parametrize("key", ["another-key", "a-key-of-ours"])
async def test_a_call_is_as_good_without_what_goftino_does_not_say(key: str) -> None:
    call = await goftino.follow(fixture("goftino", "from_user.http"), asking(f"http://127.0.0.1:{free_port()}", key))
    [event] = normalised(goftino.SOURCE, call, account("goftino"), ORGANISATION)
    assert [h.kind for h in event.parties[0].handles] == ["web"]


async def test_whoever_calls_cannot_say_who_a_visitor_is() -> None:
    forged = fixture("goftino", "with_what_is_known_of_him.http")
    call = await goftino.follow(forged, account("goftino"))
    assert goftino_reading.ABOUT not in call.headers


@pytest.mark.parametrize("channel", sorted(SOURCES))
async def test_what_cannot_be_tried_is_said(channel: str) -> None:
    assert "ready for" in await SOURCES[channel].check(account(channel))
