"""Whatever an address or a form holds, a call is proven or refused, understood or kept: never a crash."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from ingest_social.channels import crisp, goftino, kavenegar, melipayamak, tawk, twilio_sms
from peyvand.errors import BadPayload, BadSignature, Skipped
from peyvand.event import InteractionEvent
from social.accounts import ORGANISATION, delivered, fixture_settings

MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FORM = "application/x-www-form-urlencoded"
CALLED: list[Any] = [kavenegar, melipayamak, twilio_sms, crisp, goftino, tawk]
NAMES = ["messageid", "from", "to", "message", "body", "status", "key", "MessageSid", "SmsStatus", "MessageStatus",
         "From", "To", "Body", "NumMedia", "MediaUrl0", "MediaContentType0", "OriginalRepliedMessageSid"]  # fmt: skip
VALUES = st.text(max_size=30) | st.sampled_from(
    [
        "09121112233",
        "whatsapp:+989121112233",
        "whatsapp:",
        "10",
        "77",
        "received",
        "sent",
        "https://[",
        "9" * 40,
        "٣",
        "\x00",
    ]
)
PAIRS = st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=12)
URLS = st.text(max_size=60) | st.sampled_from(
    ["https://[/?key=x", "https://a:b/?bodySHA256=1", "?" + "a=1&" * 300, "//"]
)


def account(channel: Any) -> Any:
    name = channel.__name__.rpartition(".")[2]
    settings_of: type[Any] = channel.Settings
    return settings_of.model_validate(fixture_settings(name))


def understood(read: Callable[..., Any], *about: Any) -> None:
    try:
        events = read(*about)
    except (Skipped, BadPayload, ValidationError):
        return
    assert all(isinstance(event, InteractionEvent) for event in events)


@pytest.mark.parametrize("channel", [kavenegar, melipayamak, twilio_sms])
@MANY
@given(query=PAIRS, form=PAIRS)
def test_any_parameters_are_understood_or_kept(channel: Any, query: Any, form: Any) -> None:
    url = f"https://peyvand.example.ir/webhooks/sms?{urlencode(query)}"
    call = delivered("sms", urlencode(form).encode(), {"content-type": FORM}, url)
    understood(channel.normalise, call, account(channel), ORGANISATION)


@pytest.mark.parametrize("channel", [kavenegar, melipayamak, twilio_sms])
@MANY
@given(url=URLS, body=st.binary(max_size=40), kind=st.sampled_from([FORM, "application/json", "", "text/plain"]))
def test_any_address_and_body_are_understood_or_kept(channel: Any, url: str, body: bytes, kind: str) -> None:
    call = delivered("sms", body, {"content-type": kind}, url)
    understood(channel.normalise, call, account(channel), ORGANISATION)


@pytest.mark.parametrize("channel", CALLED)
@MANY
@given(url=URLS, body=st.binary(max_size=40), value=st.text(max_size=40), kind=st.sampled_from([FORM, ""]))
def test_whoever_proves_nothing_is_refused(channel: Any, url: str, body: bytes, value: str, kind: str) -> None:
    headers = {"x-twilio-signature": value, "x-tawk-signature": value, "x-crisp-signature": value,
               "x-crisp-request-timestamp": value, "content-type": kind}  # fmt: skip
    with pytest.raises(BadSignature):
        channel.verify(delivered("sms", body, headers, url), account(channel))


@pytest.mark.parametrize("url", ["https://[", "https://[::1/x", "https://" + "x" * 3000, "https://", "https://a/../b"])
def test_any_address_of_a_file_breaks_nothing(url: str) -> None:
    body = {"event": "new_message", "data": {"chat_id": "1", "message_id": "2", "type": "image", "content": url}}
    call = delivered("goftino", orjson.dumps(body))
    understood(goftino.normalise, call, account(goftino), ORGANISATION)
