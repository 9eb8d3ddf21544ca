"""A bot's entry in peyvand.yaml: what is accepted, and what is refused with which words."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from ingest_social.channels import bale, telegram
from ingest_social.registry import SOURCES
from peyvand.app import source_of
from peyvand.settings import Connector
from social.accounts import TOKEN, bale_account, rubika_account, telegram_account

SECRET = "sixteen-characters"


@pytest.mark.parametrize(
    "token", ["", "abc", "110201543", "110201543:short", "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5 ALDsaw"]
)
def test_what_is_no_token_is_refused_with_an_example(token: str) -> None:
    with pytest.raises(ValidationError, match="is no bot token: one looks like 110201543:AAH"):
        telegram_account(token=token)


def test_no_error_repeats_the_token() -> None:
    with pytest.raises(ValidationError) as refused:
        telegram_account(token="110201543:half-of-it")
    assert "half-of-it" not in str([e["msg"] for e in refused.value.errors(include_input=False)])
    assert TOKEN not in repr(telegram_account())


def test_the_bots_id_stands_in_its_token() -> None:
    assert telegram_account().bot_id == "110201543"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"mode": "webhook"}, "mode webhook needs one"),
        ({"mode": "webhook", "secret": "short"}, "at least 16 characters"),
        ({"mode": "webhook", "secret": ["sixteen-characters", "not for a header!"]}, "only A-Z, a-z"),
        ({"mode": "push"}, "polling"),
        ({"proxy": "127.0.0.1:1080"}, "socks5://"),
        ({"poll_seconds": 0}, "greater than or equal to 1"),
        ({"groups": "some"}, "addressed"),
        ({"relay_to": "bot.example.ir"}, "begins with https://"),
        ({"address": "/webhooks/shop"}, "begins with https://"),
        ({"outbound": "seen"}, "posted"),
        ({"tokn": "x"}, "Extra inputs"),
    ],
)
def test_a_mistake_is_named_in_words(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        telegram_account(**fields)


def test_two_secrets_hold_while_one_replaces_the_other() -> None:
    assert len(telegram_account(mode="webhook", secret=[SECRET, "another-of-sixteen"]).secret) == 2


def test_telegram_and_bale_differ_in_their_address() -> None:
    assert telegram.Settings.model_validate({"token": TOKEN}).base_url == "https://api.telegram.org/bot"
    assert bale.Settings.model_validate({"token": TOKEN}).base_url == "https://tapi.bale.ai/bot"


@pytest.mark.parametrize(
    ("channel", "mode", "source"),
    [
        ("telegram", "polling", telegram.POLLING),
        ("telegram", "webhook", telegram.WEBHOOK),
        ("bale", "polling", bale.POLLING),
        ("bale", "webhook", bale.WEBHOOK),
    ],
)
def test_the_mode_chooses_the_source(channel: str, mode: str, source: object) -> None:
    account = source.settings.model_validate({"token": TOKEN, "mode": mode, "secret": SECRET})  # type: ignore[attr-defined]
    assert source_of(Connector("shop", channel, account), SOURCES) is source


@pytest.mark.parametrize(("outbound", "sees"), [("unseen", False), ("posted", True), ("business", True)])
def test_both_halves_are_seen_only_where_somebody_tells_them(outbound: str, sees: bool) -> None:
    account = telegram_account(outbound=outbound)
    assert {source.sees_outbound(account) for source in (telegram.POLLING, telegram.WEBHOOK)} == {sees}


@pytest.mark.parametrize("refused", [bale_account, rubika_account])
def test_only_telegram_has_business_accounts(refused: Callable[..., object]) -> None:
    with pytest.raises(ValidationError, match="no business accounts"):
        refused(outbound="business")


def test_updates_are_handed_on_to_the_program_that_is_named() -> None:
    account = telegram_account(relay_to="https://bot.internal.example.ir/telegram")
    assert telegram.POLLING.relays_to(account) == telegram.WEBHOOK.relays_to(account) == account.relay_to
    assert telegram.POLLING.relays_to(telegram_account()) is None
