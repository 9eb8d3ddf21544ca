"""What panels for short messages say, and what it proves."""

from dataclasses import replace
from typing import Any

import httpx
import orjson
import pytest
from pydantic import ValidationError
from starlette.applications import Starlette

from ingest_social.channels import kavenegar, melipayamak, smsir, twilio_sms
from parts.panels import KEY, SID, TOKEN, Panels
from peyvand.errors import Gone
from peyvand.event import Attachment, Direction, InteractionEvent, Status
from peyvand.source import normalised
from peyvand.testing import CAPTURED_AT, MemoryBlobs, MemoryPublisher
from peyvand.webhook import Hook, Webhooks
from social.accounts import ORGANISATION, delivered, fixture, fixture_settings
from social.panels import at_melipayamak, json_row
from timeline.folds.interaction import fold


def twilio(name: str) -> list[InteractionEvent]:
    account = twilio_sms.Settings.model_validate(fixture_settings("twilio_sms"))
    return list(twilio_sms.normalise(fixture("twilio_sms", name), account, ORGANISATION))


def test_delivered_then_sent_stays_delivered_and_the_list_fills_in_the_words() -> None:
    events = [*twilio("status_delivered.http"), *twilio("status_sent.http"), *twilio("listed_outbound.json")]
    found, again = fold(events), fold(events[::-1])
    assert (found.status, found.text, found.direction) == (Status.DELIVERED, "سفارش شما فرستاده شد", Direction.OUTBOUND)
    assert found == again


def test_a_call_and_the_list_tell_of_one_message() -> None:
    [called], [listed] = twilio("picture.http"), twilio("listed_inbound_with_a_file.json")
    assert called.interaction_id == listed.interaction_id
    assert called.attachments == listed.attachments


async def test_a_picture_of_another_account_is_not_asked_for_with_our_token() -> None:
    account = twilio_sms.Settings.model_validate(fixture_settings("twilio_sms"))
    for path in ("/2010-04-01/Accounts/AC0/Messages/MM1/Media/ME1", f"/2010-04-01/Accounts/{SID}/Messages/../x"):
        with pytest.raises(Gone):
            await twilio_sms.locate(account, Attachment(at=f"twilio_sms:{path}"))


NUMBERS = ["09121112233", "989121112233", "9121112233", "+989121112233", "۰۹۱۲۱۱۱۲۲۳۳", "٠٩١٢١١١٢٢٣٣", 9121112233]

NOBODYS = ["20002", "10004346", "983000505", "30004505000017", "Bank Mellat", "V.IRANCELL", "SNAPP0912111", "8282"]


def inbound(sender: Any) -> InteractionEvent:
    row = {"entries": [{"messageid": 1, "message": "سلام", "sender": sender, "receptor": "10004346"}]}
    account = kavenegar.Settings.model_validate(fixture_settings("kavenegar"))
    [event] = kavenegar.normalise(json_row("kavenegar", "10004346/receive/1", row), account, ORGANISATION)
    return event


@pytest.mark.parametrize("written", NUMBERS)
def test_a_number_is_one_customer_in_whatever_way_it_is_written(written: Any) -> None:
    assert [(h.kind, h.value, h.proof) for h in inbound(written).parties[0].handles] == [
        ("phone", "+989121112233", "via")
    ]


@pytest.mark.parametrize("written", NOBODYS)
def test_short_codes_lines_and_names_are_nobodys_number(written: str) -> None:
    event = inbound(written)
    assert (event.parties[0].handles, event.parties[0].name) == ((), written)


def test_one_of_us_who_writes_to_the_line_is_no_customer() -> None:
    event = inbound("02191001000")
    assert (event.direction, event.parties[0].ours) == (Direction.INTERNAL, True)


def test_push_and_poll_of_kavenegar_tell_of_one_message() -> None:
    account = kavenegar.Settings.model_validate(fixture_settings("kavenegar"))
    call = replace(fixture("kavenegar", "pushed_by_get.http"), connector="sms-at-once")
    [pushed] = kavenegar.normalise(call, account, ORGANISATION)
    polled = kavenegar.normalise(fixture("kavenegar", "unread_answer.json"), account, ORGANISATION)
    assert pushed.interaction_id == polled[0].interaction_id
    found = fold([pushed, polled[0]])
    assert (found.occurred_at, found.text) == (polled[0].occurred_at, "سلام، قیمت چند است؟")


EQUAL = {"Body": "سلام", "Sender": "9121112233", "Receiver": "50004001112233"}
QUERY = {"key": "pQ7vLm2XcTz9RkWd4HsB", "from": "9121112233", "to": "50004001112233", "body": "سلام"}


async def called(
    publisher: MemoryPublisher, settings: melipayamak.Settings, method: str = "GET", **query: str
) -> httpx.Response:
    hook = Hook(melipayamak.WEBHOOK, settings)
    webhooks = Webhooks({"sms": hook}, ORGANISATION, publisher, MemoryBlobs(), now=lambda: CAPTURED_AT)
    transport = httpx.ASGITransport(Starlette(routes=[webhooks.route()]))
    async with httpx.AsyncClient(transport=transport, base_url="https://peyvand.example.ir") as client:
        return await client.request(method, "/webhooks/sms", params={**QUERY, **query})


def only_called() -> melipayamak.Settings:
    return melipayamak.Settings.model_validate(fixture_settings("melipayamak"))


async def test_a_message_that_comes_by_get_is_durable_before_its_answer() -> None:
    publisher = MemoryPublisher()
    answer = await called(publisher, only_called())
    assert (answer.status_code, answer.text) == (200, "OK")
    [event] = publisher.events
    assert (event.text, [flag.name for flag in event.flags]) == ("سلام", ["possible-duplicate"])


async def test_the_secret_of_an_address_is_not_stored() -> None:
    publisher = MemoryPublisher()
    await called(publisher, only_called())
    assert QUERY["key"] not in repr(publisher.readings[0].delivery)


async def test_head_delivers_nothing_where_get_does() -> None:
    publisher = MemoryPublisher()
    answer = await called(publisher, only_called(), "HEAD")
    assert (answer.status_code, answer.headers["allow"], publisher.readings) == (405, "GET, POST", [])


async def test_get_delivers_nothing_where_only_post_does() -> None:
    publisher = MemoryPublisher()
    hook = Hook(twilio_sms.WEBHOOK, twilio_sms.Settings.model_validate(fixture_settings("twilio_sms")))
    webhooks = Webhooks({"sms": hook}, ORGANISATION, publisher, MemoryBlobs())
    transport = httpx.ASGITransport(Starlette(routes=[webhooks.route()]))
    async with httpx.AsyncClient(transport=transport, base_url="https://peyvand.example.ir") as client:
        answer = await client.get("/webhooks/sms", params={"MessageSid": "SM1", "Body": "x", "From": "+989121112233"})
    assert (answer.status_code, publisher.readings) == (405, [])


async def test_a_call_without_our_secret_is_refused() -> None:
    publisher = MemoryPublisher()
    for key in ("", "wrong", QUERY["key"].upper()):
        answer = await called(publisher, only_called(), key=key)
        assert (answer.status_code, publisher.readings) == (403, [])


@pytest.mark.real
async def test_a_call_gets_the_panels_number_when_one_message_fits() -> None:
    row = {"MsgID": 11, "Body": "سلام ", "Sender": "09121112233", "Receiver": "50004001112233"}
    other = {**row, "MsgID": 12, "Body": "چیز دیگر"}
    with Panels(rows={"1": [other, row, {"MsgID": None}]}).running() as panels:
        publisher = MemoryPublisher()
        account = at_melipayamak(panels, mode="webhook", secret=QUERY["key"])
        await called(publisher, account)
        await called(publisher, account)
        [listed] = normalised(
            melipayamak.POLLING, json_row("melipayamak", "shop/received/1", row), account, ORGANISATION
        )
    assert {event.interaction_id for event in publisher.events} == {listed.interaction_id}
    assert len({event.event_id for event in publisher.events}) == 1
    assert all(not event.flags for event in publisher.events)


@pytest.mark.real
@pytest.mark.parametrize("rows", [[], [{**EQUAL, "MsgID": 1}, {**EQUAL, "MsgID": 2}]])
async def test_a_call_whose_message_cannot_be_told_from_others_is_kept_as_a_possible_duplicate(rows: list[Any]) -> None:
    with Panels(rows={"1": rows}).running() as panels:
        publisher = MemoryPublisher()
        answer = await called(publisher, at_melipayamak(panels, mode="webhook", secret=QUERY["key"]))
    assert answer.status_code == 200
    assert [flag.name for flag in publisher.events[0].flags] == ["possible-duplicate"]


async def test_a_panel_that_is_away_costs_a_call_nothing_but_the_number() -> None:
    publisher = MemoryPublisher()
    answer = await called(publisher, at_melipayamak(Panels(), mode="webhook", secret=QUERY["key"]))
    assert (answer.status_code, len(publisher.events)) == (200, 1)


async def test_whoever_calls_cannot_name_another_message() -> None:
    publisher = MemoryPublisher()
    hook = Hook(melipayamak.WEBHOOK, only_called())
    webhooks = Webhooks({"sms": hook}, ORGANISATION, publisher, MemoryBlobs(), now=lambda: CAPTURED_AT)
    transport = httpx.ASGITransport(Starlette(routes=[webhooks.route()]))
    async with httpx.AsyncClient(transport=transport, base_url="https://peyvand.example.ir") as client:
        await client.get("/webhooks/sms", params=QUERY, headers={"peyvand-melipayamak-id": "918273645"})
    assert publisher.events[0].message_key != "melipayamak:in:918273645"


@pytest.mark.parametrize(
    ("model", "given", "words"),
    [
        (kavenegar.Settings, {"api_key": KEY, "mode": "webhook"}, "secret: is missing"),
        (kavenegar.Settings, {"api_key": KEY, "secret": "a secret with blanks in it"}, "stands in an address"),
        (kavenegar.Settings, {"api_key": KEY, "lines": ["Bank"]}, "lines"),
        (melipayamak.Settings, {"mode": "polling"}, "username, password: are missing"),
        (smsir.Settings, {"api_key": "short"}, "at least 16"),
        (twilio_sms.Settings, {"account_sid": "SK0", "auth_token": TOKEN}, "account_sid"),
        (twilio_sms.Settings, {"account_sid": SID, "auth_token": []}, "auth_token: is missing"),
    ],
)
def test_settings_that_cannot_work_are_told_at_the_start(model: Any, given: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        model.model_validate(given)


def test_lines_may_be_written_as_numbers_and_in_persian() -> None:
    account = kavenegar.Settings.model_validate({"api_key": KEY, "lines": [10004346, "۲۰۰۰۱۲۳"]})
    assert account.lines == ("10004346", "2000123")


def test_an_address_with_odd_parameters_is_kept_or_refused_and_breaks_nothing() -> None:
    body = orjson.dumps({"messageid": ["x"], "from": {}, "message": None})
    odd = delivered("kavenegar", body, {"content-type": "application/json"}, "https://peyvand.example.ir/x?a=%ff&b&&=")
    account = kavenegar.Settings.model_validate(fixture_settings("kavenegar"))
    with pytest.raises(Exception, match="messageid"):
        normalised(kavenegar.WEBHOOK, odd, account, ORGANISATION)
