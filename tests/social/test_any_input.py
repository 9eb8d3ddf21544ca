"""Whatever arrives, a normaliser answers with events, a named skip, or why it is kept: never with a crash."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest_social.channels import bale, rubika, telegram, webform
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload, BadSignature, Skipped
from peyvand.event import InteractionEvent
from peyvand.identity import Organisation
from social.accounts import (
    FIXTURES,
    ORGANISATION,
    bale_account,
    delivered,
    fixture,
    form_account,
    rubika_account,
    telegram_account,
)

Normalise = Callable[[Delivery, Any, Organisation], Any]

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
ANYTHING = st.recursive(SCALARS, lambda some: st.lists(some, max_size=4) | st.dictionaries(st.text(), some, max_size=4))
ODD = ANYTHING | st.sampled_from([0, -1, 10**30, -(10**20), "", "0", "\x00", "\u202e", [], {}, [[]], [None], True])
UPDATES = [
    json.loads(fixture(channel, path.name).body)
    for channel in ("telegram", "bale", "rubika")
    for path in sorted((FIXTURES / "social" / channel).glob("*.http"))
]
SUBMISSION = json.loads(fixture("webform", "signed_persian.http").body)
MULTIPART = fixture("webform", "html_with_a_file.http")
BOTS = [
    pytest.param(telegram.normalise, telegram_account(), id="telegram"),
    pytest.param(telegram.normalise, telegram_account(groups="all"), id="telegram, all of groups"),
    pytest.param(bale.normalise, bale_account(), id="bale"),
    pytest.param(rubika.normalise, rubika_account(), id="rubika"),
]
FORM = form_account(form=True, any_origin=True, honeypot="website")
TYPES = [
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    'multipart/form-data; boundary="é\u06cc"',
    "text/plain",
    "",
    ";=;",
    "\x00",
]
MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read(normalise: Normalise, delivery: Delivery, account: Any) -> None:
    """Read a delivery, letting out every error but the two that say what a delivery is."""
    try:
        events = normalise(delivery, account, ORGANISATION)
    except (Skipped, BadPayload):
        return
    assert events is not None
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


@st.composite
def nearly(draw: st.DrawFn, whole: list[Any]) -> Any:
    """A real value with one or two places that hold something else."""
    value = draw(st.sampled_from(whole))
    for _ in range(draw(st.integers(1, 2))):
        value = replaced(value, draw(st.sampled_from(places(value))), draw(ODD))
    return value


def encoded(value: Any) -> bytes:
    return json.dumps(value).encode()


@pytest.mark.parametrize(("normalise", "account"), BOTS)
@MANY
@given(update=nearly(UPDATES) | ANYTHING)
def test_any_update_is_understood_or_kept(normalise: Normalise, account: Any, update: Any) -> None:
    read(normalise, delivered("telegram", encoded(update)), account)


@pytest.mark.parametrize(("normalise", "account"), BOTS)
@MANY
@given(body=st.binary(), cut=st.integers(0, 400))
def test_any_bytes_as_an_update_are_understood_or_kept(
    normalise: Normalise, account: Any, body: bytes, cut: int
) -> None:
    read(normalise, delivered("telegram", body), account)
    read(normalise, delivered("telegram", encoded(UPDATES[cut % len(UPDATES)])[:cut]), account)


@MANY
@given(submission=nearly([SUBMISSION]) | ANYTHING)
def test_any_signed_form_is_understood_or_refused(submission: Any) -> None:
    headers = {"content-type": "application/json", "webhook-id": "msg"}
    read(webform.normalise, delivered("webform", encoded(submission), headers), FORM)


@MANY
@given(body=st.binary(), content_type=st.sampled_from(TYPES) | st.text(), referer=st.text())
def test_any_posted_bytes_are_understood_or_refused(body: bytes, content_type: str, referer: str) -> None:
    headers = {"content-type": content_type, "referer": referer}
    read(webform.normalise, delivered("webform", body, headers), FORM)


@MANY
@given(at=st.integers(0, len(MULTIPART.body)), other=st.binary(max_size=6))
def test_a_damaged_multipart_body_is_understood_or_refused(at: int, other: bytes) -> None:
    damaged = MULTIPART.body[:at] + other + MULTIPART.body[at + 3 :]
    read(webform.normalise, delivered("webform", damaged, MULTIPART.headers), FORM)
    read(webform.normalise, delivered("webform", MULTIPART.body[:at], MULTIPART.headers), FORM)


VERIFIERS = [
    pytest.param(webform.verify, form_account(form=True, origins=["https://a.example"]), id="webform"),
    pytest.param(bale.verify, bale_account(mode="webhook", secret="sixteen-characters"), id="bale"),
    pytest.param(rubika.verify, rubika_account(mode="webhook", secret="sixteen-characters"), id="rubika"),
    pytest.param(telegram.verify, telegram_account(mode="webhook", secret="sixteen-characters"), id="telegram"),
]
NAMES = ["origin", "referer", "content-type", "webhook-id", "webhook-signature", "webhook-timestamp"]


@pytest.mark.parametrize(("verify", "account"), VERIFIERS)
@MANY
@given(headers=st.dictionaries(st.sampled_from(NAMES), st.text()), url=st.text())
def test_verify_refuses_any_other_headers_and_address(
    verify: Callable[[Delivery, Any], None], account: Any, headers: dict[str, str], url: str
) -> None:
    with pytest.raises(BadSignature):
        verify(delivered("webform", b"", headers, url), account)


def test_the_fixtures_are_found() -> None:
    assert len(UPDATES) > 30
    assert Path(FIXTURES).is_dir()
