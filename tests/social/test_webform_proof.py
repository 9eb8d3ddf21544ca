"""Who may post to the website's forms: whoever signs, and pages of allowed sites."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr
from standardwebhooks import Webhook

from ingest_social.channels import webform
from peyvand.delivery import Delivery
from peyvand.errors import BadSignature
from peyvand.signature import sign_standard_webhooks
from social.accounts import at, delivered, form_account
from social.posts import BODY, OPEN, SECRET, SITE, STAMP, browser, signed


def test_a_post_signed_by_the_librarys_own_code_is_accepted() -> None:
    webform.verify(signed(), form_account(secret=SECRET))


def test_our_signature_is_the_librarys() -> None:
    ours = sign_standard_webhooks("msg_1", STAMP, BODY, SecretStr(SECRET))
    assert ours == signed().headers["webhook-signature"]
    sent = {"webhook-id": "msg_1", "webhook-timestamp": str(int(datetime.now(UTC).timestamp()))}
    now = sign_standard_webhooks("msg_1", int(sent["webhook-timestamp"]), BODY, SecretStr(SECRET))
    assert Webhook(SECRET).verify(BODY, {**sent, "webhook-signature": now})


def test_either_of_two_secrets_is_accepted() -> None:
    webform.verify(signed(), form_account(secret=["the next secret of the site", SECRET]))


@pytest.mark.parametrize(
    "broken",
    [
        replace(signed(), body=BODY + b" "),
        replace(signed(), headers={**signed().headers, "webhook-id": "msg_2"}),
        replace(signed(), headers={**signed().headers, "webhook-timestamp": str(STAMP - 1)}),
        replace(signed(), received_at=at(8, 36)),
        replace(signed(), received_at=at(8, 24)),
        replace(signed(), headers={"content-type": "application/json"}),
        signed(secret="whsec_" + "A" * 32),
    ],
    ids=["another body", "another id", "another time", "old", "early", "unsigned", "another secret"],
)
def test_what_is_not_signed_as_it_stands_is_refused(broken: Delivery) -> None:
    with pytest.raises(BadSignature):
        webform.verify(broken, form_account(secret=SECRET))


def test_a_bad_signature_is_not_saved_by_an_allowed_page() -> None:
    forged = browser(("message", "x"), **{"webhook-id": "msg_1", "webhook-signature": "v1,x"})
    with pytest.raises(BadSignature):
        webform.verify(forged, OPEN)


@pytest.mark.parametrize("origin", ["https://www.example.ir", "https://WWW.example.ir:443"])
def test_a_page_of_an_allowed_site_may_post(origin: str) -> None:
    webform.verify(browser(("message", "x"), origin=origin), OPEN)


def test_the_referer_tells_the_page_where_a_browser_sends_no_origin() -> None:
    webform.verify(browser(("message", "x"), origin=None, referer=f"{SITE}/contact?a=1"), OPEN)


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://www.example.ir", f"{SITE}.evil.example", f"{SITE}:8443", None]
)
def test_a_page_of_another_site_is_refused(origin: str | None) -> None:
    with pytest.raises(BadSignature):
        webform.verify(browser(("message", "x"), origin=origin), OPEN)


def test_an_origin_that_is_refused_is_not_saved_by_its_referer() -> None:
    with pytest.raises(BadSignature):
        webform.verify(browser(("message", "x"), origin="https://evil.example", referer=f"{SITE}/contact"), OPEN)


def test_a_script_of_an_allowed_page_may_post_json_and_of_another_may_not() -> None:
    call = delivered("webform", BODY, {"content-type": "application/json", "origin": SITE})
    webform.verify(call, OPEN)
    with pytest.raises(BadSignature, match="name it in origins"):
        webform.verify(replace(call, headers={**call.headers, "origin": "https://evil.example"}), OPEN)


def test_what_is_neither_form_nor_json_is_refused_even_from_an_allowed_page() -> None:
    call = delivered("webform", BODY, {"content-type": "text/plain", "origin": SITE})
    with pytest.raises(BadSignature, match="only a form"):
        webform.verify(call, OPEN)


def hooked(body: bytes = b"Hello, World!") -> Delivery:
    """Return the vector of GitHub's page on validating deliveries."""
    signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    return delivered("webform", body, {"x-hub-signature-256": signature})


def test_the_vector_of_githubs_page_is_accepted_and_nothing_else() -> None:
    account = form_account(signature="github", secret="It's a Secret to Everybody")
    webform.verify(hooked(), account)
    for other in (hooked(b"Hello, world!"), delivered("webform", b"Hello, World!", {})):
        with pytest.raises(BadSignature):
            webform.verify(other, account)


TOKENED = form_account(signature="bearer", secret=["a new one of the site", "a token of the site"])


@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_a_bearer_token_is_accepted(scheme: str) -> None:
    webform.verify(delivered("webform", BODY, {"authorization": f"{scheme} a token of the site"}), TOKENED)


@pytest.mark.parametrize("given", ["Bearer another one", "a token of the site", "Basic a token of the site", ""])
def test_another_token_is_refused(given: str) -> None:
    with pytest.raises(BadSignature):
        webform.verify(delivered("webform", BODY, {"authorization": given}), TOKENED)


def test_one_schemes_proof_is_not_taken_for_another() -> None:
    with pytest.raises(BadSignature):
        webform.verify(signed(), form_account(signature="github", secret=SECRET))


def test_a_form_that_takes_html_only_refuses_signatures_it_cannot_check() -> None:
    with pytest.raises(BadSignature, match="no secret"):
        webform.verify(signed(), form_account(secret=None, form=True, any_origin=True))
