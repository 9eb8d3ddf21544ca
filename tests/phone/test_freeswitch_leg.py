"""What FreeSWITCH's records mean: one call of its legs, who called whom, how it ended and how long it took."""

from dataclasses import replace
from typing import Any

import pytest

from ingest_phone.freeswitch.leg import leg
from peyvand.errors import BadPayload, Skipped
from peyvand.event import CallResult, Direction, InteractionEvent, Role
from phone.freeswitch_cdrs import (
    ORGANISATION,
    OUTSIDE,
    UUID_A,
    answered,
    call,
    configured,
    document,
    fixture,
    meant,
    posted,
)
from timeline.folds.call import fold_call

TRANSFER = ("transfer_a", "transfer_first", "transfer_second")


def handles(event: InteractionEvent, role: Role) -> list[str]:
    return [h.value for p in event.parties if p.role is role for h in p.handles]


@pytest.mark.parametrize(
    "legs",
    [("inbound_answered_a", "inbound_answered_b"), ("queue_member", "queue_agent"), TRANSFER,
     ("outbound_busy_base64", "outbound_busy_xml_base64"), ("missed_form", "missed_values_plain")],
    ids=lambda legs: legs[0],
)  # fmt: skip
def test_the_legs_of_a_call_are_one_interaction_and_each_an_event(legs: tuple[str, ...]) -> None:
    events = fixture(*legs)
    assert len({e.interaction_id for e in events}) == 1
    assert len({e.event_id for e in events}) == len(legs)


def test_a_leg_told_by_both_modules_is_one_leg() -> None:
    plain, form = fixture("outbound_answered_xml_plain", "outbound_answered_xml_form")
    assert (plain.event_id, plain.call, plain.parties) == (form.event_id, form.call, form.parties)


def test_a_leg_that_was_posted_and_lies_in_the_folder_too_counts_once() -> None:
    read = [leg(replace(posted(document(answered(3, 63))), connector=name), configured(), ORGANISATION)
            for name in ("pbx", "pbx-kept")]  # fmt: skip
    assert len({e.interaction_id for e in read}) == 1
    assert len(fold_call(read).legs) == 1


def test_a_call_that_was_answered_tells_how_long_it_rang_and_how_long_the_talk_was() -> None:
    folded = fold_call(fixture("inbound_answered_a", "inbound_answered_b"))
    assert (folded.direction, folded.result, folded.agents) == (
        Direction.INBOUND, CallResult.ANSWERED, ("Sara Karimi",),
    )  # fmt: skip
    assert (folded.wait_seconds, folded.talk_seconds, folded.transferred) == (9, 120, False)


def test_the_first_leg_alone_tells_the_same_where_the_others_are_not_logged() -> None:
    folded = fold_call(fixture("inbound_answered_a"))
    assert (folded.result, folded.agents, folded.wait_seconds, folded.talk_seconds) == (
        CallResult.ANSWERED, ("Sara Karimi",), 9, 120,
    )  # fmt: skip


def test_a_welcome_and_a_queue_are_waiting_and_no_talk() -> None:
    folded = fold_call(fixture("queue_member", "queue_agent"))
    assert (folded.queue, folded.agents, folded.wait_seconds) == ("support", ("امید راد",), 40)
    assert folded.talk_seconds == 61


def test_who_hangs_up_while_he_waits_abandoned_the_call() -> None:
    (event,) = fixture("queue_abandoned")
    assert (call(event).wait_seconds, call(event).talk_seconds) == (95, 0)
    folded = fold_call([event])
    assert (folded.result, folded.wait_seconds, folded.talk_seconds) == (CallResult.ABANDONED, 95, 0)


def test_a_call_that_was_passed_on_names_both_and_counts_each_minute_once() -> None:
    folded = fold_call(fixture(*TRANSFER))
    assert folded.transferred
    assert (folded.agents, folded.wait_seconds, folded.talk_seconds) == (("Sara Karimi", "امید راد"), 5, 160)


def test_a_menu_that_answers_is_a_missed_call() -> None:
    folded = fold_call([meant(document(answered(1, 30, last_app="ivr")))])
    assert folded.result is CallResult.MISSED


@pytest.mark.parametrize(("application", "argument"), [("voicemail", "default pbx 201"), ("lua", "app.lua voicemail")])
def test_voicemail_is_told(application: str, argument: str) -> None:
    event = meant(document(answered(20, 50, last_app=application, last_arg=argument)))
    assert call(event).result is CallResult.VOICEMAIL


@pytest.mark.parametrize(
    ("cause", "result"),
    [("NO_ANSWER", CallResult.MISSED), ("LOSE_RACE", CallResult.MISSED), ("USER_BUSY", CallResult.BUSY),
     ("CALL_REJECTED", CallResult.BUSY), ("USER_NOT_REGISTERED", CallResult.FAILED), ("NEW", CallResult.FAILED)],
)  # fmt: skip
def test_a_cause_says_how_an_unanswered_call_ended(cause: str, result: CallResult) -> None:
    assert call(meant(document({"hangup_cause": cause}))).result is result


def test_a_call_of_ours_that_only_an_announcement_answered_failed() -> None:
    variables = answered(2, 9, user_name="201", hangup_cause="NORMAL_CLEARING")
    event = meant(document(variables, caller_id_number="201", destination_number=OUTSIDE, context="default"))
    assert (event.direction, call(event).result) == (Direction.OUTBOUND, CallResult.FAILED)


def test_a_click_to_call_is_ours_though_a_switchboard_placed_it() -> None:
    (event,) = fixture("click_to_call")
    assert (event.direction, call(event).agent) == (Direction.OUTBOUND, "Sara Karimi")
    assert handles(event, Role.CALLEE) == ["+989121112233"]


@pytest.mark.parametrize("name", ["internal_call", "click_to_call_own"])
def test_a_leg_within_the_house_is_skipped(name: str) -> None:
    with pytest.raises(Skipped):
        fixture(name)


@pytest.mark.parametrize("number", ["anonymous", "Restricted", "", "0000000000", "266696687"])
def test_a_withheld_number_is_nobodys(number: str) -> None:
    event = meant(document(caller_id_number=number, caller_id_name="Anonymous"))
    assert (event.direction, handles(event, Role.CALLER)) == (Direction.INBOUND, [])
    assert event.parties[0].name is None


def test_the_company_does_not_call_itself_when_it_forwards_to_a_mobile() -> None:
    origin = {"originator_caller_profiles": [{"uuid": "a", "caller_id_number": OUTSIDE, "context": "public"}]}
    forwarded = document(
        answered(4, 60, uuid="b", direction="outbound"), caller_id_number="02191001000",
        destination_number="09352223344", context="default", originator=origin,
    )  # fmt: skip
    event = meant(forwarded)
    assert (event.direction, handles(event, Role.CALLER)) == (Direction.INBOUND, ["+989121112233"])


@pytest.mark.parametrize(
    ("recorded", "name"),
    [({"applications": [{"app_name": "record_session", "app_data": "{append=true}/r/2026/c.wav"}]}, "c.wav"),
     ({"applications": [{"app_name": "record_session", "app_data": "/r/../etc/passwd"}]}, None),
     ({"applications": [{"app_name": "playback", "app_data": "/r/c.wav"}]}, None)],
    ids=["flags before the path", "above the folder", "no recording"],
)  # fmt: skip
def test_a_recording_is_named_where_it_can_be_fetched(recorded: dict[str, Any], name: str | None) -> None:
    event = meant(document(answered(1, 9)) | {"app_log": recorded}, configured(recordings="https://pbx.example.ir/r/"))
    assert [a.name for a in event.attachments] == ([name] if name else [])
    assert call(event).recording == (event.attachments[0].at if event.attachments else None)


def test_without_an_address_of_recordings_none_is_promised() -> None:
    recorded = {"app_log": {"applications": [{"app_name": "record_session", "app_data": "/r/c.wav"}]}}
    assert meant(document(answered(1, 9)) | recorded).attachments == ()


@pytest.mark.parametrize(
    "variables", [{"start_epoch": "", "start_uepoch": ""}, {"start_epoch": "9" * 12}], ids=["no start", "far"]
)
def test_a_record_without_a_time_that_can_be_is_kept(variables: dict[str, str]) -> None:
    with pytest.raises(BadPayload):
        meant(document(variables))


def test_a_record_without_its_leg_is_kept() -> None:
    with pytest.raises(BadPayload, match="uuid"):
        meant(document({"uuid": ""}, uuid=""))


def test_microseconds_are_kept() -> None:
    event = meant(document({"uuid": UUID_A, "start_uepoch": "1791089400250000"}))
    assert event.occurred_at.microsecond == 250_000


@pytest.mark.parametrize(
    ("channel", "asked_by"),
    [("loopback/201-b", ""), ("sofia/internal/201@10.20.0.31:5060", "loopback/201-b")],
)
def test_what_lies_beyond_a_loopback_is_no_call_of_its_own(channel: str, asked_by: str) -> None:
    origin = {"originator_caller_profiles": [{"uuid": "b" * 36, "chan_name": asked_by, "caller_id_number": OUTSIDE}]}
    told = document({"uuid": "c" * 36}, chan_name=channel, **({"originator": origin} if asked_by else {}))
    with pytest.raises(Skipped, match="loopback"):
        meant(told)


def test_the_near_side_of_a_loopback_is_a_leg_of_its_call() -> None:
    origin = {"originator_caller_profiles": [{"uuid": UUID_A, "caller_id_number": OUTSIDE, "context": "public"}]}
    told = document(
        answered(5, 60, uuid="c" * 36), chan_name="loopback/201-a", destination_number="201", originator=origin
    )
    near = meant(told)
    assert near.interaction_id == meant(document()).interaction_id
    assert call(near).extension == "201"
