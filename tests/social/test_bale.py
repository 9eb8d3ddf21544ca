"""Where Bale differs from Telegram."""

from dataclasses import replace

import orjson
import pytest

from ingest_social.channels import bale
from peyvand.errors import BadSignature
from peyvand.event import Role
from social.accounts import ORGANISATION, bale_account, delivered, fixture, private

SECRET = "sixteen-characters"
HOOKED = bale_account(mode="webhook", secret=[SECRET, "the-next-secret-of-bale"])


def test_ids_and_numbers_may_come_in_either_form() -> None:
    (event,) = bale.normalise(fixture("bale", "contact_own_as_a_number.http"), bale_account(), ORGANISATION)
    assert [(h.kind, h.value) for h in event.parties[0].handles] == [("bale", "1412334455"), ("phone", "+989123334455")]
    assert (event.channel, event.parties[0].role) == ("bale", Role.FROM)


@pytest.mark.parametrize("written", ["09123334455", "989123334455", "+989123334455", "9123334455"])
def test_a_number_is_read_as_people_write_it(written: str) -> None:
    card = {"phone_number": written, "user_id": private()["message"]["from"]["id"]}
    update = {"update_id": 1, **private(None, contact=card)}
    (event,) = bale.normalise(delivered("bale", orjson.dumps(update)), bale_account(), ORGANISATION)
    assert event.parties[0].handles[1].value == "+989123334455"


@pytest.mark.parametrize("key", [SECRET, "the-next-secret-of-bale"])
def test_the_address_proves_who_calls(key: str) -> None:
    bale.verify(delivered("bale", b"{}", url=f"https://peyvand.example.ir/webhooks/shop?key={key}"), HOOKED)


@pytest.mark.parametrize(
    "query", ["", "?key=", "?key=wrong", f"?kei={SECRET}", f"?key={SECRET}&key=x", f"#key={SECRET}"]
)
def test_an_address_without_the_key_is_refused(query: str) -> None:
    with pytest.raises(BadSignature):
        bale.verify(delivered("bale", b"{}", url=f"https://peyvand.example.ir/webhooks/shop{query}"), HOOKED)


def test_telegrams_header_proves_nothing_here() -> None:
    call = replace(delivered("bale", b"{}"), headers={"x-telegram-bot-api-secret-token": SECRET})
    with pytest.raises(BadSignature):
        bale.verify(call, HOOKED)
