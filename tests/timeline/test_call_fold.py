"""One call is one call: whatever its legs are, in whatever order they come, however often."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID, uuid5

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest_phone.channels.asterisk import SOURCE
from making import ORGANISATION
from peyvand.delivery import Delivery
from peyvand.event import (
    Call,
    CallResult,
    CallState,
    Change,
    Direction,
    InteractionEvent,
    Kind,
    Party,
    Role,
    Teller,
    event,
)
from peyvand.identity import Organisation
from peyvand.source import normalised
from peyvand.testing import captured
from timeline.folds.call import FoldedCall, fold_call

FIXTURES = Path(__file__).parent.parent / "fixtures"
BEGIN = datetime(2026, 10, 3, 6, 45, tzinfo=UTC)
_NAMES = UUID("0f9a5b1c-0a51-5a39-9c8e-6f1f0b3a7d10")


@dataclass(frozen=True)
class Leg:
    """A leg in few words: seconds after the call's begin, seconds of ringing, seconds of talk."""

    at: int
    wait: int
    talk: int = 0
    who: str | None = None
    result: CallResult = CallResult.MISSED
    queue: str | None = None
    direction: Direction = Direction.INBOUND
    sent_on: bool = False
    told_by: Teller = Teller.LOG
    state: CallState = CallState.OVER
    said: int = 0  # seconds after the call's begin


def told(leg: Leg, sequence: int, connector: str = "pbx") -> InteractionEvent:
    name = f"{connector}/{sequence}"
    row = Delivery(uuid5(_NAMES, name), connector, "asterisk", BEGIN + timedelta(hours=9), name.encode())
    begin = BEGIN + timedelta(seconds=leg.at)
    made = Call(
        leg="1.1",
        sequence=sequence,
        started_at=begin,
        result=leg.result,
        wait_seconds=leg.wait,
        talk_seconds=leg.talk,
        queue=leg.queue,
        extension=leg.who,
        told_by=leg.told_by,
        state=leg.state,
    )
    live = leg.told_by is Teller.LIVE
    return event(
        row,
        ORGANISATION,
        family="phone",
        key="1.1",
        change=Change.LEG,
        change_key=str(sequence),
        kind=Kind.CALL,
        direction=leg.direction,
        occurred_at=BEGIN + timedelta(seconds=leg.said) if live else begin,
        order=f"{leg.said:09}" if live else "",
        call=made,
        parties=(Party(role=Role.CALLEE),) if leg.sent_on else (),
    )


def folded(*legs: Leg) -> FoldedCall:
    return fold_call([told(leg, i) for i, leg in enumerate(legs)])


def answered(at: int, wait: int, talk: int, who: str | None, **more: Any) -> Leg:
    return replace(Leg(at, wait, talk, who, CallResult.ANSWERED), **more)


RANG = Leg(1, 8, who="202", queue="600")
TAKEN = answered(0, 9, 86, "201", queue="600")


def test_a_ring_all_that_one_takes_is_one_answered_call() -> None:
    call = folded(RANG, TAKEN, replace(RANG, who="203", result=CallResult.BUSY))
    assert (call.result, call.agents, call.queue, call.transferred) == (CallResult.ANSWERED, ("201",), "600", False)
    assert (call.started_at, call.wait_seconds, call.talk_seconds) == (BEGIN, 9, 86)


def test_talk_goes_on_after_a_transfer() -> None:
    call = folded(TAKEN, RANG, answered(95, 0, 120, "202"))
    assert (call.agents, call.transferred, call.wait_seconds, call.talk_seconds) == (("201", "202"), True, 9, 206)


def test_a_transfer_that_nobody_takes_is_a_transfer() -> None:
    call = folded(TAKEN, RANG, Leg(95, 20, who="202"))
    assert (call.result, call.agents, call.transferred, call.talk_seconds) == (CallResult.ANSWERED, ("201",), True, 86)


def test_telephones_that_began_to_ring_after_the_switchboard_answered_are_no_transfer() -> None:
    # where an announcement comes first, Asterisk's "answered" is the announcement's
    assert not folded(answered(0, 1, 94, "201", queue="600"), Leg(3, 17, who="202", queue="600")).transferred


def test_a_queue_that_answers_and_is_left_is_a_missed_call() -> None:
    call = folded(Leg(0, 1, 47, result=CallResult.ANSWERED, queue="600"))
    assert (call.result, call.wait_seconds, call.talk_seconds, call.agents) == (CallResult.MISSED, 48, 0, ())


def test_a_queue_that_is_left_while_an_agent_is_busy_is_missed_not_busy() -> None:
    left = Leg(0, 1, 47, result=CallResult.ANSWERED, queue="600")
    assert folded(left, Leg(2, 1, who="201", result=CallResult.BUSY)).result is CallResult.MISSED


def test_a_mailbox_takes_a_call_that_nobody_took() -> None:
    call = folded(Leg(0, 20, who="201"), Leg(20, 1, 38, result=CallResult.VOICEMAIL))
    assert (call.result, call.wait_seconds, call.talk_seconds) == (CallResult.VOICEMAIL, 21, 0)


def test_minutes_that_two_legs_tell_of_count_once() -> None:
    assert folded(answered(0, 5, 60, "201", queue="600"), answered(1, 4, 60, "201")).talk_seconds == 60


def test_a_consultation_between_colleagues_is_no_talk_with_the_customer() -> None:
    consulted = answered(40, 3, 20, "202", direction=Direction.INTERNAL)
    call = folded(TAKEN, consulted)
    assert (call.talk_seconds, call.agents, call.transferred, len(call.legs)) == (86, ("201",), False, 2)


def test_a_call_that_is_sent_on_to_a_number_outside_is_answered_there() -> None:
    call = folded(Leg(0, 20, who="201"), answered(20, 6, 30, None, sent_on=True))
    assert (call.result, call.wait_seconds, call.talk_seconds) == (CallResult.ANSWERED, 26, 30)


def test_the_second_trunk_carries_the_call_that_the_first_refused() -> None:
    refused = Leg(0, 1, who="201", result=CallResult.FAILED, direction=Direction.OUTBOUND)
    call = folded(refused, answered(1, 9, 50, "201", direction=Direction.OUTBOUND))
    assert (call.direction, call.result, call.agents) == (Direction.OUTBOUND, CallResult.ANSWERED, ("201",))
    assert (call.transferred, call.wait_seconds) == (False, 10)


def test_who_called_in_vain_is_named() -> None:
    call = folded(Leg(0, 30, who="201", direction=Direction.OUTBOUND))
    assert (call.result, call.agents, call.wait_seconds) == (CallResult.MISSED, ("201",), 30)


def test_of_directions_at_one_moment_the_one_from_outside_stands() -> None:
    assert folded(*(replace(RANG, direction=d) for d in reversed(Direction))).direction is Direction.INBOUND


def test_a_call_with_somebody_outside_is_not_internal_though_it_begins_inside() -> None:
    begun = answered(0, 1, 2, "201", direction=Direction.INTERNAL)
    assert folded(begun, Leg(3, 9, who="201", direction=Direction.OUTBOUND)).direction is Direction.OUTBOUND


def test_two_connectors_that_read_one_file_see_one_call() -> None:
    legs = [told(leg, i, name) for name in ("pbx", "pbx-again") for i, leg in enumerate((TAKEN, RANG))]
    assert fold_call(legs) == folded(TAKEN, RANG)


def test_of_two_readings_of_one_leg_the_later_normalisers_stands() -> None:
    old = told(TAKEN, 0)
    new = told(replace(TAKEN, talk=90), 0).model_copy(update={"normaliser": 2})
    assert {fold_call(order).talk_seconds for order in ([old, new], [new, old])} == {90}


def test_captured_rows_of_a_queue_call_are_one_call() -> None:
    organisation = Organisation.model_validate(orjson.loads((FIXTURES / "organisation.json").read_bytes()))
    folder = FIXTURES / "phone" / "asterisk"
    settings = SOURCE.settings.model_validate(orjson.loads((folder / "settings.json").read_bytes()))
    rows = [captured(path, "asterisk") for path in sorted(folder.glob("queue_call_*.csv"))]
    events = [e for row in rows for e in normalised(SOURCE, row, settings, organisation)]
    call = fold_call(events)
    assert len({e.interaction_id for e in events}) == 1
    assert (call.direction, call.result, call.queue) == (Direction.INBOUND, CallResult.ANSWERED, "600")
    assert (call.agents, call.transferred) == (("Sara Karimi", "امید راد"), True)
    assert (call.wait_seconds, call.talk_seconds, len(call.legs)) == (9, 206, 4)


def heard(said: int, state: CallState, **more: Any) -> Leg:
    """A leg as it was heard live at a moment; all of them of one channel."""
    return replace(Leg(0, 0, who="201", told_by=Teller.LIVE, state=state, said=said), **more)


RINGS = heard(0, CallState.RINGING)
TALKS = heard(9, CallState.TALKING, wait=9, result=CallResult.ANSWERED)
HANGS_UP = heard(95, CallState.OVER, wait=9, talk=86, result=CallResult.ANSWERED)


def test_a_call_that_is_heard_live_rings_then_goes_on_then_is_over() -> None:
    assert folded(RINGS).state is CallState.RINGING
    assert folded(TALKS, RINGS).state is CallState.TALKING
    over = folded(HANGS_UP, RINGS, TALKS)
    assert (over.state, over.result, over.wait_seconds, over.talk_seconds) == (
        CallState.OVER,
        CallResult.ANSWERED,
        9,
        86,
    )
    assert len(over.legs) == 1


def test_the_call_log_stands_before_what_was_heard_live() -> None:
    call = folded(TAKEN, RANG, HANGS_UP, RINGS)
    assert call == folded(TAKEN, RANG)


def test_a_hang_up_that_was_not_heard_is_known_by_the_call_log() -> None:
    assert folded(RINGS, TALKS).state is CallState.TALKING
    assert folded(RINGS, TALKS, TAKEN).state is CallState.OVER


def test_a_call_that_was_passed_on_goes_on_though_its_first_part_is_logged() -> None:
    colleague = replace(TALKS, at=96, said=97, who="202")
    assert folded(TAKEN, RINGS, colleague).state is CallState.TALKING


def test_a_queues_log_says_that_the_caller_gave_up() -> None:
    gave_up = Leg(0, 48, result=CallResult.ABANDONED, queue="600", told_by=Teller.QUEUE)
    log = Leg(0, 1, 47, result=CallResult.ANSWERED, queue="600")
    assert folded(gave_up).result is CallResult.ABANDONED
    call = folded(gave_up, log)
    assert (call.result, call.wait_seconds, call.queue, len(call.legs)) == (CallResult.ABANDONED, 48, "600", 1)
    assert folded(gave_up, log, TAKEN).result is CallResult.ANSWERED


def test_a_call_without_a_leg_is_a_mistake() -> None:
    with pytest.raises(ValueError):
        fold_call([])


@dataclass(frozen=True)
class Topology:
    """A call as it happened, and the legs that a switchboard tells of it."""

    legs: tuple[Leg, ...]
    result: CallResult
    wait: int
    talk: int
    agents: tuple[str, ...]
    transferred: bool


@st.composite
def queue_rings(draw: st.DrawFn) -> Topology:
    """A queue rings all its agents: one answers, or the caller leaves, or a mailbox takes it."""
    team = draw(st.lists(st.sampled_from([str(n) for n in range(201, 221)]), min_size=1, max_size=8, unique=True))
    ring, talk = draw(st.integers(2, 60)), draw(st.integers(3, 600))
    busy = draw(st.sets(st.sampled_from(team)))
    rang = tuple(
        Leg(1, ring - 1, 0, who, CallResult.BUSY if who in busy else CallResult.MISSED, "600") for who in team[1:]
    )
    match draw(st.sampled_from(["answered", "left", "mailbox"])):
        case "answered":
            legs = (answered(0, ring, talk, team[0], queue="600"), *rang)
            return Topology(legs, CallResult.ANSWERED, ring, talk, (team[0],), False)
        case "left":
            waiting = Leg(0, 1, ring + 3, None, CallResult.ANSWERED, "600")
            return Topology((waiting, *rang), CallResult.MISSED, ring + 4, 0, (), False)
        case _:
            mailbox = Leg(ring, 1, talk, None, CallResult.VOICEMAIL)
            return Topology((mailbox, Leg(0, ring, 0, team[0], queue="600"), *rang), CallResult.VOICEMAIL,
                            ring + 1, 0, (), False)  # fmt: skip


@st.composite
def topologies(draw: st.DrawFn) -> Topology:
    """A queue call that who answered may pass on: blindly, after asking, or in vain; several times."""
    call = draw(queue_rings())
    for colleague in draw(st.lists(st.sampled_from(["301", "302", "303"]), max_size=3, unique=True)):
        if call.result is CallResult.ANSWERED:
            call = passed_on(call, colleague, draw(st.booleans()), draw(st.integers(0, 20)), draw(st.integers(1, 300)))
    if call.result is CallResult.ANSWERED and draw(st.booleans()):
        vain = Leg(ended(call), draw(st.integers(1, 30)), who="304")
        call = replace(call, legs=(*call.legs, vain), transferred=True)
    return call


def ended(call: Topology) -> int:
    return max(leg.at + leg.wait + leg.talk for leg in call.legs)


def passed_on(call: Topology, colleague: str, asked: bool, ring: int, talk: int) -> Topology:
    at = ended(call)
    question = (answered(max(1, at - 3), 1, 2, colleague, direction=Direction.INTERNAL),) if asked else ()
    taken = answered(at, ring, talk, colleague)
    # the joint of a Local channel tells of the same minutes once more
    joint = answered(at, ring, talk, colleague)
    return replace(
        call,
        legs=(*call.legs, *question, taken, joint),
        talk=call.talk + talk,
        agents=(*call.agents, colleague),
        transferred=True,
    )


@given(topologies(), st.data())
def test_any_call_is_one_call_in_any_order_and_with_any_repetition(call: Topology, data: st.DataObject) -> None:
    legs = [told(leg, i) for i, leg in enumerate(call.legs)]
    again = data.draw(st.lists(st.sampled_from(legs), max_size=5))
    shuffled = fold_call(data.draw(st.permutations([*legs, *again])))
    assert shuffled == fold_call(legs)
    assert (shuffled.result, shuffled.agents, shuffled.transferred) == (call.result, call.agents, call.transferred)
    assert (shuffled.wait_seconds, shuffled.talk_seconds, shuffled.started_at) == (call.wait, call.talk, BEGIN)
    assert shuffled.direction is Direction.INBOUND


any_leg = st.builds(
    Leg,
    at=st.integers(0, 50),
    wait=st.integers(0, 20),
    talk=st.integers(0, 20),
    who=st.sampled_from([None, "201", "202"]),
    result=st.sampled_from(CallResult),
    queue=st.sampled_from([None, "600"]),
    direction=st.sampled_from(Direction),
    sent_on=st.booleans(),
    told_by=st.sampled_from(Teller),
    state=st.sampled_from(CallState),
    said=st.integers(0, 60),
)


@given(st.lists(any_leg, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_whatever_the_legs_order_changes_nothing(legs: list[Leg], random: Random) -> None:
    events = [told(leg, i // 2) for i, leg in enumerate(legs)]  # two sightings of one leg may differ
    call = fold_call(events)
    shuffled = list(events)
    random.shuffle(shuffled)
    assert fold_call([*shuffled, *events]) == call
    assert 0 <= (call.talk_seconds or 0) <= sum(leg.talk for leg in legs)
