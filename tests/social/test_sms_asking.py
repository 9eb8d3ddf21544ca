"""Panels are asked over real HTTP: what is read once is handed over before the next ask, and nothing comes twice."""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from starlette.responses import JSONResponse, Response

from ingest_social.channels import kavenegar, melipayamak, smsir, twilio_sms
from parts.loopback import free_port
from parts.panels import KEY, SID, Panels
from peyvand.errors import SignInFailed, Unavailable
from social.panels import (
    arrived,
    at_kavenegar,
    at_melipayamak,
    at_smsir,
    at_twilio,
    meaning,
    round_of,
    texts,
    wrote,
)

pytestmark = pytest.mark.real
SOURCES: list[Any] = [
    pytest.param(kavenegar.POLLING, at_kavenegar, id="kavenegar"),
    pytest.param(melipayamak.POLLING, at_melipayamak, id="melipayamak"),
    pytest.param(smsir.SOURCE, at_smsir, id="smsir"),
    pytest.param(twilio_sms.POLLING, at_twilio, id="twilio"),
]


@pytest.fixture(scope="module")
def serving() -> Iterator[Panels]:
    with Panels().running() as running:
        yield running


@pytest.fixture
def panels(serving: Panels) -> Panels:
    serving.forget()
    return serving


async def test_an_answer_of_kavenegar_is_handed_over_as_it_came_before_the_next_is_asked_for(panels: Panels) -> None:
    panels.write(*(wrote(number) for number in range(150)))
    fetched = kavenegar.POLLING.fetch(at_kavenegar(panels), None)
    await anext(fetched)
    first = await anext(fetched)
    assert [q for q in panels.asked if "isread=0" in q] == ["receive?linenumber=10004346&isread=0"]
    assert len(panels.unread) == 50
    [answer] = first.arrivals
    assert [e["messageid"] for e in orjson.loads(answer.body)["entries"]] == list(range(100))
    second = await anext(fetched)
    await fetched.aclose()  # type: ignore[attr-defined]
    assert texts(kavenegar.POLLING, at_kavenegar(panels), [second]) == [f"sms {number}" for number in range(100, 150)]


async def test_what_was_marked_as_read_and_got_lost_comes_at_the_next_start(panels: Panels) -> None:
    panels.read.extend(wrote(number) for number in range(3))
    account = at_kavenegar(panels, sent=False)
    found = await round_of(kavenegar.POLLING, account, None, 1)
    assert texts(kavenegar.POLLING, account, found) == ["sms 0", "sms 1", "sms 2"]
    assert arrived(await round_of(kavenegar.POLLING, account, found[-1].cursor, 3)) == []


async def test_what_came_with_an_answer_does_not_come_again_at_the_next_start(panels: Panels) -> None:
    panels.write(wrote(1), wrote(2))
    account = at_kavenegar(panels, sent=False)
    found = await round_of(kavenegar.POLLING, account, None, 3)
    assert texts(kavenegar.POLLING, account, found) == ["sms 1", "sms 2"]
    assert arrived(await round_of(kavenegar.POLLING, account, found[-1].cursor, 3)) == []


async def test_one_message_that_cannot_be_read_does_not_keep_the_others_and_is_kept_itself(panels: Panels) -> None:
    panels.write(wrote(1), wrote(2, messageid=None), wrote(3))
    account = at_kavenegar(panels, sent=False)
    found = await round_of(kavenegar.POLLING, account, None, 2)
    readings = [meaning(kavenegar.POLLING, account, arrival) for arrival in arrived(found)]
    assert [[e.text for e in r.events] for r in readings] == [["sms 1", "sms 3"], []]
    assert readings[1].kept is not None


async def test_a_broken_answer_of_an_inbox_that_is_read_once_is_kept(panels: Panels) -> None:
    panels.once.append(b'{"return":{"status":200},"entries":[{"messageid":7,"mess')
    account = at_kavenegar(panels, sent=False)
    panels.once.insert(0, b'{"return":{"status":200},"entries":[]}')
    [kept] = arrived(await round_of(kavenegar.POLLING, account, None, 2))
    assert meaning(kavenegar.POLLING, account, kept).kept is not None
    assert kept.body.endswith(b'"mess')


async def test_the_outbox_brings_a_message_and_again_only_what_became_of_it(panels: Panels) -> None:
    row = wrote(5, "پاسخ", status=4, sender="10004346", receptor="09121112233")
    panels.rows["outbox"] = [row]
    account = at_kavenegar(panels, lines=[])
    found = await round_of(kavenegar.POLLING, account, None, 1)
    panels.rows["outbox"] = [{**row, "status": 10}]
    again = await round_of(kavenegar.POLLING, account, found[-1].cursor, 1)
    first, second = (meaning(kavenegar.POLLING, account, arrived(b)[0]) for b in (found, again))
    assert [(e.change, e.status) for e in first.events] == [("created", None), ("status", "sent")]
    assert [(e.change, e.status) for e in second.events] == [("created", None), ("status", "delivered")]
    assert first.events[0].event_id == second.events[0].event_id


async def test_an_outbox_that_the_account_may_not_read_is_told_and_the_inbox_goes_on(panels: Panels) -> None:
    panels.refusal = JSONResponse({"return": {"status": 407, "message": "…"}, "entries": None}, 407)
    [batch] = await round_of(kavenegar.POLLING, at_kavenegar(panels, lines=[]), None, 1)
    assert "what we send is not seen" in (batch.trouble or "")


async def test_neither_key_nor_text_stands_where_an_answer_came_from(panels: Panels) -> None:
    panels.write(wrote(1))
    found = arrived(await round_of(kavenegar.POLLING, at_kavenegar(panels), None, 3))
    assert found
    assert all(KEY not in arrival.url and KEY not in repr(arrival.headers) for arrival in found)


def listed(number: int, **fields: Any) -> dict[str, Any]:
    return {"MsgID": number, "Body": f"sms {number}", "Sender": "9121112233", "Receiver": "50004001",
            "SendDate": f"/Date({1791102590000 + number})/", **fields}  # fmt: skip


async def test_lists_of_melipayamak_are_read_page_by_page_to_what_is_known(panels: Panels) -> None:
    panels.rows = {"1": [listed(number) for number in range(120)], "2": [listed(900)]}
    account = at_melipayamak(panels)
    found = await round_of(melipayamak.POLLING, account, None, 5)
    assert len(texts(melipayamak.POLLING, account, found)) == 121
    panels.rows["1"].insert(0, listed(500))
    again = await round_of(melipayamak.POLLING, account, found[-1].cursor, 3)
    assert texts(melipayamak.POLLING, account, again) == ["sms 500"]


def today(number: int, **fields: Any) -> dict[str, Any]:
    return {"messageText": f"sms {number}", "number": 30004505000017, "mobile": 9121112233,
            "receivedDateTime": 1791102001 + number, **fields}  # fmt: skip


async def test_a_message_of_today_is_the_same_the_day_after_when_it_has_a_number(panels: Panels) -> None:
    panels.rows["receive/live"] = [today(1)]
    account = at_smsir(panels, sent=False)
    found = await round_of(smsir.SOURCE, account, None, 1)
    panels.rows = {"receive/archive": [today(1, receiveReturnId=77), today(2, receiveReturnId=78)]}
    again = await round_of(smsir.SOURCE, account, found[-1].cursor, 1)
    assert texts(smsir.SOURCE, account, found) == ["sms 1"]
    assert texts(smsir.SOURCE, account, again) == ["sms 2"]


async def test_two_equal_messages_within_a_second_are_two(panels: Panels) -> None:
    panels.rows["receive/live"] = [today(1), today(1)]
    account = at_smsir(panels, sent=False)
    found = arrived(await round_of(smsir.SOURCE, account, None, 1))
    ids = [e.interaction_id for a in found for e in meaning(smsir.SOURCE, account, a).events]
    assert len(set(ids)) == 2


async def test_the_report_that_gives_each_message_only_once_is_never_asked_for(panels: Panels) -> None:
    await round_of(smsir.SOURCE, at_smsir(panels), None, 1)
    assert {report.split("?")[0] for report in panels.asked} == {
        "receive/archive", "send/archive", "receive/live", "send/live",
    }  # fmt: skip


def twilio_row(number: int, **fields: Any) -> dict[str, Any]:
    return {"sid": f"SM{number:032x}", "direction": "inbound", "status": "received", "body": f"sms {number}",
            "from": "+989121112233", "to": "+12025550123", "num_media": "0", "price": None,
            "date_sent": "Sun, 04 Oct 2026 08:21:05 +0000", **fields}  # fmt: skip


async def test_the_list_of_twilio_brings_what_calls_have_missed(panels: Panels) -> None:
    panels.rows["messages"] = [twilio_row(number) for number in range(5)]
    account = at_twilio(panels)
    found = await round_of(twilio_sms.POLLING, account, None, 4)
    assert texts(twilio_sms.POLLING, account, found) == [f"sms {number}" for number in range(5)]
    panels.rows["messages"] = [twilio_row(number, price="-0.0075") for number in range(5)]
    assert arrived(await round_of(twilio_sms.POLLING, account, found[-1].cursor, 4)) == []


async def test_a_listed_message_names_its_pictures(panels: Panels) -> None:
    path = f"/2010-04-01/Accounts/{SID}/Messages/{twilio_row(1)['sid']}/Media/ME{1:032x}"
    panels.rows = {
        "messages": [twilio_row(1, num_media="1")],
        "media": [{"uri": f"{path}.json", "content_type": "image/png"}],
    }
    account = at_twilio(panels)
    [arrival] = arrived(await round_of(twilio_sms.POLLING, account, None, 2))
    [event] = meaning(twilio_sms.POLLING, account, arrival).events
    [picture] = event.attachments
    assert (picture.at, picture.claimed_type) == (f"twilio_sms:{path}", "image/png")
    where = await twilio_sms.locate(account, picture)
    assert where.url == panels.url + path
    assert where.headers["Authorization"].startswith("Basic ")


@pytest.mark.parametrize(("source", "account"), SOURCES)
async def test_a_panel_that_asks_for_patience_gets_it(panels: Panels, source: Any, account: Any) -> None:
    panels.refusal = Response("", 429, headers={"retry-after": "17"})
    with pytest.raises(Unavailable, match="less often") as trouble:
        await round_of(source, account(panels), None, 1)
    assert trouble.value.retry_after == 17


@pytest.mark.parametrize(("source", "account"), SOURCES)
@pytest.mark.parametrize("refusal", [Response("<html>", 502), Response("<html>…</html>"), Response("[1]")])
async def test_a_panel_that_is_out_of_order_is_waited_for(
    panels: Panels, source: Any, account: Any, refusal: Response
) -> None:
    panels.refusal = refusal
    with pytest.raises(Unavailable):
        await round_of(source, account(panels), None, 1)


@pytest.mark.parametrize(("source", "account"), SOURCES)
async def test_a_panel_that_cannot_be_reached_names_the_proxy_as_a_way_out(source: Any, account: Any) -> None:
    with pytest.raises(Unavailable, match="set proxy:") as trouble:
        await source.check(account(Panels(free_port())))
    assert KEY not in str(trouble.value)


@pytest.mark.parametrize(("source", "account"), SOURCES)
async def test_a_sign_in_is_tried(panels: Panels, source: Any, account: Any) -> None:
    assert "answers" in await source.check(account(panels))


@pytest.mark.parametrize(
    ("source", "account", "wrong"),
    [
        pytest.param(kavenegar.POLLING, at_kavenegar, {"api_key": "another key of somebody"}, id="kavenegar"),
        pytest.param(melipayamak.POLLING, at_melipayamak, {"password": "wrong"}, id="melipayamak"),
        pytest.param(smsir.SOURCE, at_smsir, {"api_key": "another key of somebody"}, id="smsir"),
        pytest.param(twilio_sms.POLLING, at_twilio, {"auth_token": "another token of somebody"}, id="twilio"),
    ],
)
async def test_a_wrong_key_is_told_in_words(panels: Panels, source: Any, account: Any, wrong: dict[str, str]) -> None:
    with pytest.raises(SignInFailed, match=r"key is wrong|says no|does not take our key") as trouble:
        await source.check(account(panels, **wrong))
    assert wrong.popitem()[1] not in str(trouble.value)
