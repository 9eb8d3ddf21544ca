"""What is left to enter at a vendor's, as `peyvand connect` says it: an address, and never a secret."""

from typing import Any

import pytest

from parts.panels import KEY, SID, TOKEN
from peyvand.identity import Organisation
from peyvand.settings import Configuration, Connector, Server
from peyvand_standalone.connect.next_steps import next_steps
from peyvand_standalone.sources import CHANNELS

BASE = "https://peyvand.example.ir/webhooks/one"
SECRET = "sixteen-characters-at-least"


@pytest.mark.parametrize(
    ("channel", "settings", "address"),
    [
        ("kavenegar", {"mode": "webhook", "api_key": KEY, "secret": SECRET}, f"{BASE}?key=$(cat secrets/one-secret)"),
        (
            "melipayamak",
            {"mode": "webhook", "secret": SECRET},
            f"{BASE}?key=$(cat secrets/one-secret)&to=$TO$&body=$TEXT$&from=$FROM$",
        ),
        ("goftino", {"secret": SECRET}, f"{BASE}?key=$(cat secrets/one-secret)"),
        ("twilio_sms", {"account_sid": SID, "auth_token": TOKEN}, BASE),
        ("twilio_voice", {"account_sid": SID, "auth_token": TOKEN}, BASE),
        ("crisp", {"signing_secret": SECRET}, BASE),
        ("tawk", {"secret": SECRET}, BASE),
        ("freeswitch", {"secret": SECRET}, f"url {BASE}, cred peyvand:$(cat secrets/one-secret)"),
    ],
)
def test_a_vendor_that_calls_gets_its_address(channel: str, settings: dict[str, Any], address: str) -> None:
    connector = Connector("one", channel, CHANNELS[channel].model_validate(settings))
    configuration = Configuration(Organisation(), (connector,), Server(public_url="https://peyvand.example.ir"))
    told = " ".join(next_steps(configuration, connector, ["secrets/one-secret"]))
    assert address in told
    assert SECRET not in told
    assert f"docs/channels/{channel}.md" in told


@pytest.mark.parametrize(
    ("channel", "settings"),
    [("kavenegar", {"api_key": KEY}), ("freeswitch", {"folder": "/var/log/fs"}),
     ("freeswitch", {"esl": "pbx:8021", "password": KEY}), ("smsir", {"api_key": KEY}),
     ("twilio_sms", {"account_sid": SID, "auth_token": TOKEN, "mode": "polling"})],
)  # fmt: skip
def test_a_vendor_that_is_asked_needs_nothing(channel: str, settings: dict[str, Any]) -> None:
    connector = Connector("one", channel, CHANNELS[channel].model_validate(settings))
    assert next_steps(Configuration(Organisation(), (connector,)), connector, []) == []
