"""What of the API is to go is told to those who use it, as docs/webhooks.md promises, and to nobody else."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from ingest_social.partners.contract import document
from ingest_social.partners.retirement import Retirement
from ingest_social.partners.routes import MOST_BYTES
from social.partners import TEST, note, office, order

NAMED, ENDS = datetime(2026, 7, 1, tzinfo=UTC), datetime(2027, 10, 1, 12, tzinfo=UTC)
LINK = "https://peyvand.example.ir/versions"
STATE = Retirement("/purchase/state", NAMED, ENDS, LINK)
AGENT = Retirement("/agent", NAMED + timedelta(days=9), ENDS - timedelta(days=9), LINK)
VERSION = Retirement("", NAMED, ENDS, LINK)
TOLD = ("@1782864000", "Fri, 01 Oct 2027 12:00:00 GMT", f'<{LINK}>; rel="deprecation"; type="text/html"')


def told(answer: httpx.Response) -> tuple[str | None, ...]:
    return tuple(answer.headers.get(name) for name in ("deprecation", "sunset", "link"))


def paid(own_id: str = "order-1", **fields: Any) -> dict[str, Any]:
    return order(own_id, purchase={"number": "1", "state": "paid"}, **fields)


async def test_a_request_that_uses_a_field_that_goes_is_told_and_another_is_not() -> None:
    async with office(retiring=(STATE,)) as shop:
        uses, batch = await shop.post(paid()), await shop.post([note(), paid("order-2")])
        again, tried = await shop.post(paid()), await shop.post(paid("order-3"), TEST)
        refused = await shop.post(paid("order-4", mood="good"))
        others = [await shop.post(note("note-2")), await shop.get("/v1/events/order-1"), await shop.post({})]
    assert [a.status_code for a in (uses, batch, again, tried, refused)] == [201, 207, 200, 200, 422]
    assert [told(a) for a in (uses, batch, again, tried, refused)] == [TOLD] * 5
    assert [told(a) for a in others] == [(None, None, None)] * 3


async def test_of_two_that_go_the_earlier_times_are_told() -> None:
    async with office(retiring=(STATE, AGENT)) as shop:
        answer = await shop.post(paid(agent="sara"))
    assert told(answer) == (TOLD[0], "Wed, 22 Sep 2027 12:00:00 GMT", TOLD[2])


async def test_a_version_that_goes_says_so_in_every_answer() -> None:
    async with office(retiring=(VERSION,)) as shop:
        answers = [await shop.post(note()), await shop.get("/v1/requests"), await shop.get("/v1/events/x", None)]
        answers.append(await shop.post(b" " * (MOST_BYTES + 1)))
    assert [a.status_code for a in answers] == [201, 200, 401, 413]
    assert [told(a) for a in answers] == [TOLD] * 4


def test_nothing_ends_sooner_than_twelve_months_after_it_was_named() -> None:
    with pytest.raises(ValueError, match="less than 365 days"):
        Retirement("/agent", NAMED, NAMED + timedelta(days=364), LINK)


def test_a_field_that_goes_is_marked_in_the_contract_and_one_that_is_unknown_is_a_mistake() -> None:
    schemas = json.loads(document((STATE,)))["components"]["schemas"]
    assert schemas["Purchase"]["properties"]["state"]["deprecated"] is True
    assert "deprecated" not in schemas["Event"]["properties"]["agent"]
    with pytest.raises(StopIteration):
        document((Retirement("/purchase/colour", NAMED, ENDS, LINK),))
