"""Mappings: what an expression may find, how a mistake is told, which proofs and handshakes there are, its bounds."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ingest_social.channels import mapped
from ingest_social.mapping import expression
from ingest_social.mapping.moment import moment
from peyvand.app import channels
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload, BadSignature, Gone, Misconfigured, Skipped, TooMany, UnknownType
from peyvand.event import Attachment, CallResult, Direction, InteractionEvent
from peyvand.settings import load
from peyvand.testing import CAPTURED_AT
from social.accounts import ORGANISATION, delivered

SECRET = "a secret of the vendor"
STAMP = str(int(CAPTURED_AT.timestamp()))
RULE: dict[str, Any] = {"key": "id"}


def account(rule: Mapping[str, Any] = RULE, **fields: Any) -> mapped.Settings:
    plain = {"family": "courier", "signature": "bearer", "secret": SECRET, "rules": [{**RULE, **rule}]}
    return mapped.Settings.model_validate({**plain, **fields})


def posted(body: Any, headers: Mapping[str, str] | None = None, url: str = "") -> Delivery:
    return delivered("mapped", json.dumps(body).encode(), headers, url)


def events(body: Any, rule: Mapping[str, Any] = RULE, **fields: Any) -> list[InteractionEvent]:
    return list(mapped.normalise(posted(body), account(rule, **fields), ORGANISATION))


def wrong(text: str) -> list[str]:
    """Return what is told of a connector with these lines."""
    head = "connectors:\n  - name: courier\n    channel: mapped\n    family: courier\n    signature: bearer\n"
    with pytest.raises(Misconfigured) as told:
        load(Path("peyvand.yaml"), channels([mapped.SOURCE]), {}, f'{head}    secret: "{SECRET}"\n{text}')
    return [str(mistake) for mistake in told.value.mistakes]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("{key: id, text: 'a.'}", "line 8: connectors.courier.rules.0.text: is no JMESPath expression"),
        ("{key: id, text: 'upper(a)'}", "line 8: connectors.courier.rules.0.text: there is no function upper()"),
        ("{key: id, at: time}", "line 8: connectors.courier.rules.0: at needs clock"),
        ("{text: a}", "line 8: connectors.courier.rules.0: needs key"),
        ("{key: id, kind: letter}", "line 8: connectors.courier.rules.0.kind: "),
        ("{key: id, zone: Tehran}", "line 8: connectors.courier.rules.0: 'Tehran' is no time zone"),
        ("{key: id, txt: a}", "line 8: connectors.courier.rules.0.txt: unknown key"),
    ],
)
def test_a_mistake_in_a_rule_is_told_with_its_line_and_key(rule: str, said: str) -> None:
    (told,) = wrong(f"    rules:\n      - {rule}\n")
    assert told.startswith(said)


@pytest.mark.parametrize(
    ("sample", "said"),
    [
        ("{body: {id: 1, time: yesterday}}", "rules.0.at: no time in s"),
        ("{body: {time: 5}}", "rules.0.key: finds nothing"),
        ("{body: '{\"id\": '}", "is no JSON"),
    ],
)
def test_a_sample_that_gives_no_event_keeps_it_from_starting(sample: str, said: str) -> None:
    (told,) = wrong(f"    rules:\n      - {{key: id, at: time, clock: s}}\n    sample: {sample}\n")
    assert told.startswith("line 9: connectors.courier.sample")
    assert said in told


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"secret": None}, "needs a secret"),
        ({"signature": "header"}, "needs header"),
        ({"challenge": "meta"}, "needs verify_token"),
        ({"family": "Line!"}, "family"),
    ],
)
def test_a_mistake_in_the_settings_is_named(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        account(**fields)


def test_without_rules_every_call_is_kept_to_be_looked_at() -> None:
    with pytest.raises(UnknownType):
        events({"id": 1}, rules=[])


def test_a_long_integer_is_no_float() -> None:
    assert events({"id": 4912661846655238145})[0].message_key == "4912661846655238145"


@pytest.mark.parametrize(
    ("written", "clock", "zone", "at"),
    [
        ("1791102595", "s", None, "2026-10-04T08:29:55+00:00"),
        ("1791102595.000005", "s", None, "2026-10-04T08:29:55.000005+00:00"),
        ("1791102595123", "ms", None, "2026-10-04T08:29:55.123000+00:00"),
        ("1791102595123456", "us", None, "2026-10-04T08:29:55.123456+00:00"),
        ("2026-10-04T11:59:55+03:30", "iso", None, "2026-10-04T08:29:55+00:00"),
        ("2026-10-04 11:59:55", "iso", "Asia/Tehran", "2026-10-04T08:29:55+00:00"),
        ("2021-07-04 12:59:55", "iso", "Asia/Tehran", "2021-07-04T08:29:55+00:00"),
        ("Sun, 04 Oct 2026 08:29:55 +0000", "rfc2822", None, "2026-10-04T08:29:55+00:00"),
    ],
)
def test_a_time_is_read_by_its_named_clock(written: str, clock: Any, zone: str | None, at: str) -> None:
    assert moment(written, clock, zone, "at").isoformat() == at


@pytest.mark.parametrize(
    ("written", "clock"),
    [("2026-10-04 11:59:55", "iso"), ("now", "s"), ("9" * 40, "s"), ("x", "rfc2822"), ("NaN", "ms")],
)
def test_a_time_that_is_none_in_its_clock_is_kept_and_not_guessed(written: str, clock: Any) -> None:
    with pytest.raises(BadPayload, match=f"at: no time in {clock}"):
        moment(written, clock, None, "at")


def test_a_vendors_words_are_translated_and_an_unknown_one_is_kept() -> None:
    rule = {"direction": "way", "directions": {"incoming": "inbound"}}
    assert events({"id": 1, "way": "incoming"}, rule)[0].direction is Direction.INBOUND
    with pytest.raises(BadPayload, match=r"rules.0.direction"):
        events({"id": 1, "way": "sideways"}, rule)


CALL = {
    "kind": "call",
    "change": "leg",
    "call": {
        "leg": "leg",
        "started_at": "began",
        "result": "(answered && 'picked up') || 'nobody'",
        "results": {"picked up": "answered", "nobody": "missed"},
        "wait": "minus(answered || ended, began)",
        "talk": "answered && minus(ended, answered) || `0`",
        "recording": "tape",
    },
    "at": "began",
    "clock": "s",
}


def test_a_call_is_told_with_its_lengths_and_result() -> None:
    rang = {
        "id": 1,
        "leg": "a",
        "began": 1791102000,
        "answered": 1791102012,
        "ended": 1791102100,
        "tape": "https://x/1",
    }
    call = events(rang, CALL)[0].call
    assert call is not None
    assert (call.result, call.wait_seconds, call.talk_seconds) == (CallResult.ANSWERED, 12, 88)
    assert (call.recording, call.started_at and call.started_at.timestamp()) == ("mapped:https://x/1", 1791102000)


def test_a_call_that_nobody_took_is_missed() -> None:
    call = events({"id": 1, "began": 1791102000, "answered": None, "ended": 1791102020}, CALL)[0].call
    assert call is not None
    assert (call.result, call.wait_seconds, call.talk_seconds) == (CallResult.MISSED, 20, 0)


def test_one_request_gives_all_its_events_each_once() -> None:
    found = events({"all": [{"id": 1}, {"id": 2}, {"id": 1}]}, events="all")
    assert [e.message_key for e in found] == ["1", "2"]


def test_more_events_than_a_request_has_are_kept() -> None:
    with pytest.raises(BadPayload, match="more than 1000"):
        events([{"id": n} for n in range(1_001)])


def test_an_expression_that_would_take_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expression, "MOST_STEPS", 1_000)
    with pytest.raises(BadPayload, match="too long"):
        events({"id": 1, "a": [{"b": list(range(100))}] * 100}, {"text": "join('', a[].b[].to_string(@))"})


def test_a_deep_expression_is_refused_at_start() -> None:
    with pytest.raises(ValueError, match="nested 40 deep"):
        account({"text": "to_string(" * 60 + "a" + ")" * 60})


def key(data: bytes, form: str) -> str:
    digest = hmac.digest(SECRET.encode(), data, hashlib.sha256)
    return digest.hex() if form == "hex" else base64.b64encode(digest).decode()


BODY = b'{"id":1,"token":"a secret of the vendor"}'
BASIC = "Basic " + base64.b64encode(f"vendor:{SECRET}".encode()).decode()
PROOFS = {
    "github": {"x-hub-signature-256": "sha256=" + key(BODY, "hex")},
    "hub": {"x-hub-signature-256": "sha256=" + key(BODY, "hex")},
    "zoom": {"x-zm-request-timestamp": STAMP, "x-zm-signature": "v0=" + key(f"v0:{STAMP}:".encode() + BODY, "hex")},
    "bearer": {"authorization": f"Bearer {SECRET}"},
    "header": {"x-token": SECRET},
    "basic": {"authorization": BASIC},
    "field": {},
    "address": {},
}


@pytest.mark.parametrize("signature", PROOFS)
def test_a_proof_is_taken_and_none_or_anothers_is_not(signature: str) -> None:
    more: dict[str, Any] = {"header": "X-Token", "user": "vendor", "signature": signature}
    url = f"https://x/webhooks/y?key={SECRET.replace(' ', '+')}" if signature == "address" else ""
    call = delivered("mapped", BODY, PROOFS[signature], url)
    mapped.verify(call, account(**more))
    with pytest.raises(BadSignature):
        mapped.verify(call, account(**more, secret="a secret of somebody else"))
    with pytest.raises(BadSignature):
        mapped.verify(delivered("mapped", b'{"id":1}', {}), account(**more))


def test_a_late_call_is_refused_though_it_is_signed() -> None:
    late = str(int(STAMP) - 301)
    signed = "v0=" + key(f"v0:{late}:".encode() + BODY, "hex")
    with pytest.raises(BadSignature, match="301 s"):
        mapped.verify(
            delivered("mapped", BODY, {"x-zm-request-timestamp": late, "x-zm-signature": signed}),
            account(signature="zoom"),
        )


def test_zoom_hears_its_token_signed() -> None:
    body = {"event": "endpoint.url_validation", "payload": {"plainToken": "qgg8vlvZRS6UYooatFL8Aw"}}
    made = json.loads(mapped.answer(posted(body), account(challenge="zoom")).body)
    assert made == {"plainToken": "qgg8vlvZRS6UYooatFL8Aw", "encryptedToken": key(b"qgg8vlvZRS6UYooatFL8Aw", "hex")}
    with pytest.raises(Skipped, match="handshake"):
        mapped.normalise(posted(body), account(challenge="zoom"), ORGANISATION)


def test_ringcentral_hears_its_token_and_nothing_else_is_let_in_so() -> None:
    settings = account(signature="header", header="Verification-Token", challenge="ringcentral")
    first = delivered("mapped", b"", {"validation-token": "3f6c1d"})
    mapped.verify(first, settings)
    assert mapped.answer(first, settings).headers == {"Validation-Token": "3f6c1d"}
    for other in (delivered("mapped", b"{}", {"validation-token": "3f6c1d"}), delivered("mapped", b"", {})):
        with pytest.raises(BadSignature):
            mapped.verify(other, settings)
    with pytest.raises(BadSignature):
        mapped.verify(delivered("mapped", b"", {"validation-token": "a\r\nSet-Cookie: b"}), settings)


def test_more_handshakes_than_a_vendor_makes_are_turned_away() -> None:
    admit = mapped.guard(account(signature="header", header="Verification-Token", challenge="ringcentral"))
    assert admit is not None
    first = delivered("mapped", b"", {"validation-token": "3f6c1d"})
    for _ in range(10):
        admit(first, "192.0.2.7")
    with pytest.raises(TooMany):
        admit(first, "192.0.2.7")


def test_a_get_is_answered_only_where_a_handshake_is_named() -> None:
    asked = "https://x/webhooks/y?hub.mode=subscribe&hub.verify_token=a+word+of+ours&hub.challenge=115"
    meta = account(challenge="meta", verify_token="a word of ours")
    assert mapped.SOURCE.challenge is not None
    assert mapped.SOURCE.challenge(delivered("mapped", b"", {}, asked), meta).body == b"115"
    for url, settings in ((asked.replace("ours", "theirs"), meta), (asked, account())):
        with pytest.raises(BadSignature):
            mapped.SOURCE.challenge(delivered("mapped", b"", {}, url), settings)


async def test_a_files_token_goes_to_the_named_host_only() -> None:
    file = Attachment(at="mapped:44/../x", state="at the vendor")
    settings = account(download={"url": "https://api.example/files/{at}/content", "token": "a token"})
    found = await mapped.locate(settings, file)
    assert (found.url, found.headers) == (
        "https://api.example/files/44%2F..%2Fx/content",
        {"Authorization": "Bearer a token"},
    )
    assert (await mapped.locate(account(), Attachment(at="mapped:https://x.example/1.jpg"))).headers == {}
    for settings in (account(), account(download={"url": "https://{at}/x", "token": "a token"})):
        with pytest.raises(Gone):
            await mapped.locate(settings, file)


@pytest.mark.parametrize(
    ("fields", "sees"),
    [({}, False), ({"sees_outbound": True}, True), ({"rules": [{"key": "id", "kind": "purchase"}]}, True)],
)
def test_only_where_somebody_writes_our_half_may_be_missing(fields: dict[str, Any], sees: bool) -> None:
    assert mapped.sees_outbound(account(**fields)) is sees
