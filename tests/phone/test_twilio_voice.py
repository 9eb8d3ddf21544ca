"""Calls at Twilio: one call of its callbacks and rows, who called whom, recordings and words, and what is refused."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr

from ingest_phone.channels import twilio_voice
from ingest_phone.twilio_voice.callback import CALL
from peyvand.delivery import Delivery
from peyvand.errors import BadSignature, Gone
from peyvand.event import Attachment, CallResult, CallState, Direction, InteractionEvent, Role
from phone.twilio_calls import ACCOUNT, CUSTOMER, ORGANISATION, SID, Twilio, call, fixture, meant
from timeline.folds.interaction import fold

RUNG = ("inbound_ringing.http", "inbound_agent_ringing.http")
TALKED = (*RUNG, "inbound_in_progress.http", "inbound_agent_answered.http")
ENDED = (*TALKED, "inbound_agent_completed.http", "inbound_completed.http")
LISTED = ("listed_inbound.json", "listed_agent.json")
HOUR = timedelta(hours=1)


def meant_by(delivery: Delivery) -> list[InteractionEvent]:
    return list(twilio_voice.normalise(delivery, ACCOUNT, ORGANISATION))


def test_a_call_rings_with_the_customer_who_calls() -> None:
    told = fold(meant(*RUNG))
    assert told.call is not None
    assert (told.call.state, told.direction) == (CallState.RINGING, Direction.INBOUND)
    [caller] = [p for p in told.parties if p.role is Role.CALLER and p.name]
    assert [h.value for h in caller.handles] == [CUSTOMER]


def test_callbacks_alone_tell_how_a_call_ended() -> None:
    told = fold(meant(*ENDED)).call
    assert told is not None
    assert (told.state, told.result, told.talk_seconds) == (CallState.OVER, CallResult.ANSWERED, 120)
    assert told.agents == ("Sara Karimi",)


def test_callbacks_count_by_their_sequence_and_not_by_their_arrival() -> None:
    events = meant(*ENDED)
    shuffled = random.Random(7).sample([*events, *events], 2 * len(events))
    assert fold(shuffled) == fold(events)


def test_the_list_stands_above_callbacks_and_is_the_same_call() -> None:
    told = fold([*meant(*TALKED), *meant(*LISTED)])
    assert told.call is not None
    assert (told.call.state, told.call.result) == (CallState.OVER, CallResult.ANSWERED)
    assert (told.call.wait_seconds, told.call.talk_seconds) == (9, 120)
    assert [leg.recording for leg in told.call.legs] == [told.attachments[0].at, None]


def test_a_recording_that_comes_before_its_call_is_on_it_afterwards() -> None:
    told = fold([*meant("recording_before_its_call.http"), *meant(*ENDED)])
    assert [file.at for file in told.attachments] == ["twilio:RE000000000000000000000000000000e2"]
    assert told.call is not None
    assert told.call.result is CallResult.ANSWERED


def test_a_voicemail_stays_one_whatever_is_told_of_its_call_later() -> None:
    told = fold(meant("voicemail_recording.http", "voicemail_ringing.http", "voicemail_completed.http"))
    assert told.call is not None
    assert (told.call.result, told.call.state) == (CallResult.VOICEMAIL, CallState.OVER)
    assert [h.value for p in told.parties if not p.ours for h in p.handles] == [CUSTOMER]


def test_the_words_of_a_call_are_its_text() -> None:
    assert fold(meant("voicemail_completed.http", "voicemail_words.http")).text == (
        "Hello, please call me back about my order."
    )


def test_sentences_stand_in_the_order_in_which_they_were_said() -> None:
    first, second = meant("voicemail_words.http")[0], meant("words_while_talking.http")[0]
    said = [e.model_copy(update={"interaction_id": first.interaction_id}) for e in (first, second)]
    told = fold([*said, *meant("voicemail_completed.http")])
    assert told.text == f"{second.text}\n{first.text}"


@pytest.mark.parametrize(
    ("names", "direction", "result"),
    [
        pytest.param(["outbound_busy.http"], "outbound", CallResult.BUSY, id="busy"),
        pytest.param(["outbound_machine.http"], "outbound", CallResult.VOICEMAIL, id="a machine"),
        pytest.param(["outbound_browser.http", "outbound_no_answer.http"], "outbound", CallResult.MISSED, id="browser"),
        pytest.param(["listed_voicemail.json"], "inbound", CallResult.VOICEMAIL, id="listed voicemail"),
        pytest.param(["inbound_completed.http"], "inbound", CallResult.MISSED, id="nobody of ours answered"),
    ],
)
def test_how_it_ended(names: list[str], direction: str, result: CallResult) -> None:
    told = fold(meant(*names))
    assert told.call is not None
    assert (told.direction, told.call.result) == (direction, result)


@pytest.mark.parametrize(
    "written",
    ["%2B266696687", "%2B86282452253", "%2B7378742833", "anonymous", "Anonymous", "Restricted", "restricted",
     "unavailable", "%2Banonymous", "sip%3Aanonymous%40anonymous.invalid", ""],
)  # fmt: skip
def test_a_withheld_caller_is_nobody(written: str) -> None:
    delivery = fixture("withheld_caller.http")
    body = delivery.body.replace(b"From=%2B266696687", b"From=" + written.encode())
    [told] = meant_by(replace(delivery, body=body))
    assert (told.direction, [h for p in told.parties if not p.ours for h in p.handles]) == (Direction.INBOUND, [])
    assert told.flags == ()


def test_a_sip_caller_is_his_number_and_another_house_has_none_of_our_extensions() -> None:
    delivery = fixture("sip_caller.http")
    [told] = meant_by(delivery)
    assert [h.value for p in told.parties for h in p.handles] == ["+989351230098"]
    forged = replace(delivery, body=delivery.body.replace(b"sip%3A%2B989351230098", b"sip%3A201"))
    assert meant_by(forged)[0].direction is Direction.INBOUND


def test_a_callback_about_another_account_is_refused() -> None:
    another = ACCOUNT.model_copy(update={"account_sid": SID[::-1]})
    twilio_voice.verify(fixture("inbound_ringing.http"), ACCOUNT)
    with pytest.raises(BadSignature, match="another account"):
        twilio_voice.verify(fixture("inbound_ringing.http"), another)


def test_another_token_is_refused() -> None:
    another = ACCOUNT.model_copy(update={"auth_token": (SecretStr("another token of ours"),)})
    with pytest.raises(BadSignature):
        twilio_voice.verify(fixture("inbound_ringing.http"), another)


async def test_a_recording_lies_at_twilio_who_wants_to_know_who_asks() -> None:
    recording = "RE000000000000000000000000000000e1"
    found = await twilio_voice.locate(ACCOUNT, Attachment(at=f"twilio:{recording}"))
    assert found.url == f"https://api.twilio.com/2010-04-01/Accounts/{SID}/Recordings/{recording}.mp3"
    assert found.headers["Authorization"].startswith("Basic ")
    with pytest.raises(Gone):
        await twilio_voice.locate(ACCOUNT, Attachment(at="twilio:../Calls"))


async def test_a_recording_is_followed_to_its_call() -> None:
    delivery = fixture("recording_before_its_call.http")
    sid = "CA000000000000000000000000000000a1"
    with Twilio(calls=[{**call(0xA1, ago=HOUR), "sid": sid}]).running() as twilio:
        followed = await twilio_voice.WEBHOOK.follow(delivery, twilio.settings(mode="webhook"))  # type: ignore[misc]
    [told] = meant_by(followed)
    assert told.call is not None
    assert told.call.recording == told.attachments[0].at
    assert CUSTOMER in [h.value for p in told.parties for h in p.handles]


async def test_without_an_answer_a_recording_is_taken_and_nobody_else_writes_it() -> None:
    forged = replace(fixture("recording.http"), headers={**fixture("recording.http").headers, CALL: "{}"})
    with Twilio().running() as twilio:  # it answers 404
        followed = await twilio_voice.WEBHOOK.follow(forged, twilio.settings(mode="webhook"))  # type: ignore[misc]
    assert CALL not in followed.headers
    assert [file.at for file in meant_by(followed)[0].attachments] == ["twilio:RE000000000000000000000000000000e1"]
