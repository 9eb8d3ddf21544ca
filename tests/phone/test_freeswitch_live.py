"""Calls heard at FreeSWITCH's event socket while they go on: dialogues over TCP, alone and beside their records."""

from collections.abc import Sequence

import pytest

from peyvand.event import CallResult, CallState, Direction, InteractionEvent
from phone.esl_hearing import arrivals, lived, read
from phone.esl_switch import dialogue, switch
from phone.freeswitch_cdrs import ORGANISATION, fixture
from timeline.folds.call import FoldedCall, fold_call
from timeline.folds.calling import state_for


def states(events: Sequence[InteractionEvent]) -> list[CallState]:
    return [fold_call(events[: n + 1]).state for n in range(len(events))]


def ringing(events: Sequence[InteractionEvent]) -> set[str]:
    """Return who rings at some moment of a call."""
    legs = [leg for n in range(len(events)) for leg in fold_call(events[: n + 1]).legs]
    return {leg.extension for leg in legs if leg.extension and leg.state is CallState.RINGING}


async def test_a_ring_group_rings_for_both_and_is_answered_by_one() -> None:
    events = await lived("inbound_ring_group")
    assert len({e.interaction_id for e in events}) == 1
    assert ringing(events) == {"201", "202"}
    told_of = states(events)
    assert told_of[0] is CallState.RINGING
    assert told_of == sorted(told_of, key=[CallState.RINGING, CallState.TALKING, CallState.OVER].index)
    over = fold_call(events)
    assert (over.direction, over.result, over.agents) == (Direction.INBOUND, CallResult.ANSWERED, ("Sara Karimi",))
    assert over.talk_seconds == 120


async def test_a_queue_is_told_before_anybody_is_rung() -> None:
    dump = dialogue("queue.dump")
    events = await lived("queue", dumps={dump["Unique-ID"]: dump})
    assert len({e.interaction_id for e in events}) == 1
    waiting = fold_call(events[:3])
    assert (waiting.queue, waiting.state, waiting.agents) == ("support", CallState.RINGING, ())
    over = fold_call(events)
    assert (over.state, over.queue, over.agents) == (CallState.OVER, "support", ("امید راد",))


async def test_a_call_that_is_sent_on_rings_for_the_next_and_is_over_for_the_first() -> None:
    events = await lived("blind_transfer")
    sara, omid = ORGANISATION.people
    sent_on = fold_call(events[:10])
    assert (state_for(sent_on, sara), state_for(sent_on, omid)) == (CallState.OVER, CallState.RINGING)
    taken = fold_call(events[:11])
    assert (state_for(taken, sara), state_for(taken, omid)) == (CallState.OVER, CallState.TALKING)
    over = fold_call(events)
    assert (over.state, over.transferred, over.agents) == (CallState.OVER, True, ("Sara Karimi", "امید راد"))


async def test_a_caller_who_is_sent_on_to_a_queue_rings_for_nobody_he_talked_to() -> None:
    dump = dialogue("queue.dump")
    was_joined = {
        "Caller-Channel-Bridged-Time": dump["Caller-Channel-Answered-Time"],
        "variable_bridge_channel": "sofia/internal/201@10.20.0.31:5060",
    }
    async with switch(running=[dump["Unique-ID"]], dumps={dump["Unique-ID"]: dump | was_joined}) as pbx:
        (event,) = read(await arrivals(pbx.at, 1))
    assert event.call is not None
    assert (event.call.state, event.call.queue, event.call.extension) == (CallState.RINGING, "support", None)


async def test_a_call_of_ours_is_outbound() -> None:
    events = await lived("outbound")
    over = fold_call(events)
    assert (over.direction, over.result, over.agents) == (Direction.OUTBOUND, CallResult.ANSWERED, ("Sara Karimi",))
    assert {h.value for e in events for p in e.parties if not p.ours for h in p.handles} == {"+989121112233"}


@pytest.mark.parametrize(
    ("name", "records"),
    [
        ("inbound_ring_group", ["inbound_answered_a", "inbound_answered_b"]),
        ("queue", ["queue_member", "queue_agent"]),
        ("blind_transfer", ["transfer_a", "transfer_first", "transfer_second"]),
    ],
)
async def test_a_call_that_is_heard_and_recorded_is_one_and_the_record_stands(name: str, records: list[str]) -> None:
    live, posted = await lived(name), fixture(*records)
    assert len({e.interaction_id for e in [*live, *posted]}) == 1
    assert fold_call([*live, *posted]) == fold_call([*posted, *live]) == fold_call(posted)


def whole(call: FoldedCall) -> tuple[object, ...]:
    return (call.direction, call.result, call.agents, call.talk_seconds, call.transferred)


@pytest.mark.parametrize(
    ("name", "records"),
    [
        ("inbound_ring_group", ["inbound_answered_a", "inbound_answered_b"]),
        ("queue", ["queue_member", "queue_agent"]),
        ("blind_transfer", ["transfer_a", "transfer_first", "transfer_second"]),
    ],
)
async def test_what_was_heard_says_what_the_records_will_say(name: str, records: list[str]) -> None:
    assert whole(fold_call(await lived(name))) == whole(fold_call(fixture(*records)))


async def test_repetition_and_order_change_nothing() -> None:
    events = await lived("blind_transfer")
    assert fold_call(events[::-1]) == fold_call([*events, *events]) == fold_call(events)
