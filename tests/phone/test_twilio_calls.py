"""Asking Twilio for its list of calls: nothing lost, nothing brought twice, recordings by one request."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import orjson
import pytest
from starlette.responses import JSONResponse, Response

from ingest_phone.channels import twilio_voice
from peyvand.delivery import Delivery
from peyvand.errors import SignInFailed, Unavailable
from peyvand.event import InteractionEvent
from peyvand.source import Arrival, Batch
from phone.twilio_calls import ACCOUNT, ORGANISATION, Twilio, call, rounds

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
RECORDING = "RE000000000000000000000000000000e1"


def arrived(found: list[Batch]) -> list[Arrival]:
    return [arrival for batch in found for arrival in batch.arrivals]


def sids(found: list[Batch]) -> list[int]:
    return sorted(int(orjson.loads(arrival.body)["sid"][2:], 16) for arrival in arrived(found))


def delivery_of(arrival: Arrival) -> Delivery:
    return Delivery(UUID(int=1), "fixture", "twilio_voice", arrival.received_at, arrival.body, arrival.url)


def events_of(found: list[Batch]) -> list[InteractionEvent]:
    return [e for a in arrived(found) for e in twilio_voice.normalise(delivery_of(a), ACCOUNT, ORGANISATION)]


def recording(number: int, ago: timedelta, **fields: object) -> dict[str, object]:
    at = call(number, ago)["start_time"]
    return {"sid": RECORDING, "call_sid": f"CA{number:032x}", "source": "DialVerb", "status": "completed",
            "duration": "30", "date_created": at, **fields}  # fmt: skip


async def test_all_pages_are_read_and_a_second_round_brings_nothing() -> None:
    with Twilio(calls=[call(n, n * MINUTE) for n in range(1, 6)]).running() as twilio:
        found = await rounds(twilio.settings())
        again = await rounds(twilio.settings(), found[-1].cursor)
    assert (sids(found), sids(again)) == ([1, 2, 3, 4, 5], [])


async def test_a_call_that_goes_on_is_brought_when_it_is_over() -> None:
    running = call(1, 5 * HOUR, status="in-progress", end_time=None, duration=None)
    with Twilio(calls=[running]).running() as twilio:
        found = await rounds(twilio.settings())
        twilio.calls = [call(1, 5 * HOUR)]
        ended = await rounds(twilio.settings(), found[-1].cursor)
    assert (sids(found), sids(ended)) == ([], [1])


async def test_a_recording_that_is_listed_later_makes_a_higher_revision() -> None:
    long = {"end_time": call(0, MINUTE)["start_time"], "duration": "10740"}
    with Twilio(calls=[call(1, 3 * HOUR, **long)]).running() as twilio:
        found = await rounds(twilio.settings())
        twilio.recordings = [recording(1, 3 * HOUR - MINUTE)]
        later = await rounds(twilio.settings(), found[-1].cursor)
    [first], [second] = events_of(found), events_of(later)
    assert (first.event_id, first.source_revision, first.attachments) == (second.event_id, 1, ())
    assert (second.source_revision, second.attachments[0].at) == (2, f"twilio:{RECORDING}")


async def test_recordings_are_one_request_for_all_calls() -> None:
    calls = [call(n, n * MINUTE) for n in range(1, 3)]
    with Twilio(calls=calls, recordings=[recording(n, n * MINUTE) for n in (1, 2)]).running() as twilio:
        await rounds(twilio.settings())
    assert [asked.partition("?")[0].partition("/")[2] for asked in twilio.asked] == ["Recordings.json", "Calls.json"]


async def test_history_is_brought_from_its_first_day_on_by_days() -> None:
    first = (datetime.now(UTC) - 5 * DAY).date()
    with Twilio(calls=[call(n, n * DAY) for n in range(1, 5)]).running() as twilio:
        found = await rounds(twilio.settings(since=first.isoformat()))
        since = [batch.cursor["since"] for batch in found]
    assert sids(found) == [1, 2, 3, 4]
    assert (since, len(set(since)) > 3) == (sorted(since), True)


async def test_to_come_less_often_is_heeded() -> None:
    busy = Response(status_code=429, headers={"Retry-After": "17"})
    with Twilio(refusals=[busy]).running() as twilio, pytest.raises(Unavailable) as told:
        await rounds(twilio.settings())
    assert told.value.retry_after == 17


async def test_a_next_page_of_another_account_is_not_asked_for() -> None:
    page = JSONResponse({"recordings": [], "next_page_uri": "/2010-04-01/Accounts/AC0/Recordings.json"})
    with Twilio(refusals=[page]).running() as twilio, pytest.raises(Unavailable, match="next page"):
        await rounds(twilio.settings())


async def test_a_check_names_the_account_or_what_is_wrong() -> None:
    with Twilio().running() as twilio:
        assert await twilio_voice.POLLING.check(twilio.settings()) == (
            "Twilio answers for Shop (active); this connector asks Twilio for its list of calls"
        )
        assert "server.public_url" in await twilio_voice.WEBHOOK.check(twilio.settings(mode="webhook"))
        with pytest.raises(SignInFailed, match="Auth Token"):
            await twilio_voice.POLLING.check(twilio.settings(auth_token="another token of ours"))
        with pytest.raises(SignInFailed, match="Account SID"):
            await twilio_voice.POLLING.check(twilio.settings(account_sid="AC" + 32 * "0"))
