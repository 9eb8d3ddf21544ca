"""Twilio's signature: its own examples, and whatever else was signed."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
from pydantic import SecretStr

from peyvand.delivery import Delivery
from peyvand.errors import BadSignature
from peyvand.twilio.signature import require_twilio
from social.accounts import delivered

# The vendor's own examples: https://www.twilio.com/docs/usage/security#test-the-validity-of-your-webhook-signature
VECTORS_TOKEN = "12345"
FORM = "application/x-www-form-urlencoded"
CALLED = "https://mycompany.com/myapp.php?foo=1&bar=2"
POSTED = [("CallSid", "CA1234567890ABCDE"), ("Digits", "1234"), ("From", "+14158675309"), ("To", "+18005551212"),
          ("Caller", "+14158675309")]  # fmt: skip
TWICE = [("Sid", "CA123"), ("SidAccount", "AC123"), ("Digits", "5678"), ("Digits", "1234"), ("Digits", "1234")]
JSON = b'{"property": "value", "boolean": true}'
DIGEST = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"


def signed(url: str, signature: str, body: bytes, kind: str = FORM) -> Delivery:
    headers = {"x-twilio-signature": signature, "content-type": kind}
    return delivered("twilio_sms", body, headers, url)


def proven(delivery: Delivery, *tokens: str) -> None:
    require_twilio(delivery, [SecretStr(token) for token in tokens or (VECTORS_TOKEN,)])


@pytest.mark.parametrize(
    ("url", "signature", "posted"),
    [
        pytest.param(CALLED, "RSOYDt4T1cUTdK1PDd93/VVr8B8=", POSTED, id="a form"),
        pytest.param(CALLED, "IK+Dwps556ElfBT0I3Rgjkr1wJU=", TWICE, id="a name with several values"),
        pytest.param(CALLED.replace(".com", ".com:443"), "RSOYDt4T1cUTdK1PDd93/VVr8B8=", POSTED, id="without the port"),
        pytest.param(CALLED, "kvajT1Ptam85bY51eRf/AJRuM3w=", POSTED, id="with the usual port"),
    ],
)  # fmt: skip
def test_the_vendors_examples_are_proven(url: str, signature: str, posted: list[tuple[str, str]]) -> None:
    proven(signed(url, signature, urlencode(posted).encode()))


def test_a_body_that_is_no_form_is_proven_by_its_digest_in_the_address() -> None:
    url = f"{CALLED}&bodySHA256={DIGEST}"
    genuine = signed(url, "a9nBmqA0ju/hNViExpshrM61xv4=", JSON, "application/json")
    proven(genuine)
    with pytest.raises(BadSignature):
        proven(replace(genuine, body=JSON + b" "))


@pytest.mark.parametrize(
    "changed",
    [
        {"url": CALLED.replace("https", "http")},
        {"url": CALLED.replace("mycompany", "ourcompany")},
        {"url": CALLED + "&more=1"},
        {"url": "https://[::1"},
        {"body": urlencode([*POSTED, ("Body", "")]).encode()},
        {"headers": {"content-type": FORM}},
        {"headers": {"content-type": "text/plain", "x-twilio-signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8="}},
    ],
)
def test_whatever_else_was_signed_proves_nothing(changed: dict[str, Any]) -> None:
    genuine = signed(CALLED, "RSOYDt4T1cUTdK1PDd93/VVr8B8=", urlencode(POSTED).encode())
    with pytest.raises(BadSignature):
        proven(replace(genuine, **changed))


def test_the_secondary_token_is_as_good_while_it_replaces_the_first() -> None:
    genuine = signed(CALLED, "RSOYDt4T1cUTdK1PDd93/VVr8B8=", urlencode(POSTED).encode())
    proven(genuine, "another token", VECTORS_TOKEN)
