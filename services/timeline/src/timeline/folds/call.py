"""A call is the fold of its legs: a switchboard tells of each path it tried, an agent wants to know how it ended."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict

from peyvand.event import Call, CallResult, CallState, Direction, InteractionEvent, Role, Teller

# What stands when legs of one moment disagree: a call with somebody outside is never an internal one.
_FIRST = (Direction.INBOUND, Direction.OUTBOUND, Direction.INTERNAL)
# What became of a call that no person answered: a telephone that rang tells more than a busy one, that more than none.
_UNANSWERED = (CallResult.MISSED, CallResult.BUSY, CallResult.FAILED)
_ROUNDING = timedelta(seconds=1)


class FoldedCall(BaseModel):
    """One call, whatever number of legs it had; times in seconds."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    direction: Direction
    result: CallResult
    started_at: AwareDatetime
    wait_seconds: int | None = None
    talk_seconds: int | None = None
    queue: str | None = None
    agents: tuple[str, ...] = ()
    transferred: bool = False
    state: CallState = CallState.OVER
    legs: tuple[Call, ...] = ()


@dataclass(frozen=True, slots=True)
class _Leg:
    call: Call
    direction: Direction
    begin: datetime
    person: bool  # somebody talked on it, not only a queue or an announcement
    said_at: datetime
    order: str

    @property
    def answered(self) -> datetime:
        return self.begin + timedelta(seconds=self.call.wait_seconds or 0)

    @property
    def end(self) -> datetime:
        return self.answered + timedelta(seconds=self.call.talk_seconds or 0)

    @property
    def who(self) -> str | None:
        return self.call.agent or self.call.extension


def fold_call(legs: Collection[InteractionEvent]) -> FoldedCall:
    """Return the call that a non-empty set of legs makes; order and repetition change nothing."""
    everything = _told(legs)
    told = _standing(everything)
    # What colleagues say to each other while somebody outside holds the line is no talk with them.
    outer = [leg for leg in told if leg.direction is not Direction.INTERNAL] or told
    talks = sorted((leg for leg in outer if leg.person), key=lambda leg: (leg.answered, _order(leg)))
    begin = min(leg.begin for leg in told)
    return FoldedCall(
        direction=min(outer, key=lambda leg: (leg.begin, _FIRST.index(leg.direction))).direction,
        result=_result(everything, outer, talks),
        started_at=begin,
        wait_seconds=int((_waited_until(told, outer, talks) - begin).total_seconds()),
        talk_seconds=_covered(talks),
        queue=next((leg.call.queue for leg in (*talks, *told, *everything) if leg.call.queue), None),
        agents=_agents(outer, talks),
        transferred=_transferred(outer, talks),
        state=_state(everything),
        legs=tuple(leg.call for leg in told),
    )


def _told(events: Collection[InteractionEvent]) -> list[_Leg]:
    """Return the legs in order, each once, whoever and however often told of it."""
    standing: dict[object, InteractionEvent] = {}
    for e in events:
        held = standing.get(e.event_id)
        if held is None or (held != e and _stands(e) > _stands(held)):
            standing[e.event_id] = e
    legs = {
        _Leg(e.call, e.direction, e.call.started_at or e.occurred_at, _person(e, e.call), e.occurred_at, e.order)
        for e in standing.values()
        if e.call is not None
    }
    return sorted(legs, key=_order)


def _standing(told: Sequence[_Leg]) -> list[_Leg]:
    """Return the legs of the best teller: the call log, before it speaks what was heard live, else a queue's log."""
    for teller in Teller.LOG, Teller.LIVE:
        if best := [leg for leg in told if leg.call.told_by is teller]:
            return best if teller is Teller.LOG else _latest(best)
    return list(told)


def _latest(live: Iterable[_Leg]) -> list[_Leg]:
    """Return what was said last of each leg."""
    last: dict[str, _Leg] = {}
    for leg in sorted(live, key=lambda leg: (leg.order, _order(leg))):
        last[leg.call.leg] = leg
    return sorted(last.values(), key=_order)


def _state(told: Sequence[_Leg]) -> CallState:
    """Return whether the call goes on: a leg heard live does, until it is heard to end or the log tells of its end."""
    ended = max((leg.end for leg in told if leg.call.told_by is Teller.LOG), default=None)
    heard = _latest(leg for leg in told if leg.call.told_by is Teller.LIVE)
    running = {leg.call.state for leg in heard if ended is None or leg.said_at > ended}
    return next((state for state in (CallState.TALKING, CallState.RINGING) if state in running), CallState.OVER)


def _stands(event: InteractionEvent) -> tuple[int, int, float, str]:
    revision, normaliser, received_at = event.rank
    return (revision, normaliser, -received_at.timestamp(), event.model_dump_json())


def _order(leg: _Leg) -> tuple[datetime, int, str, str]:
    told = f"{leg.call.model_dump_json()}{leg.direction}{leg.person}{leg.said_at}{leg.order}"
    return (leg.begin, leg.call.sequence, leg.call.leg, told)


def _person(event: InteractionEvent, call: Call) -> bool:
    """Return whether a person was at the other end: somebody called by us, one of us, or somebody it was sent on to."""
    if call.result is not CallResult.ANSWERED:
        return False
    sent_on = any(p.role is Role.CALLEE and not p.ours for p in event.parties)
    return event.direction is Direction.OUTBOUND or bool(call.agent or call.extension) or sent_on


def _result(told: Sequence[_Leg], legs: Sequence[_Leg], talks: Sequence[_Leg]) -> CallResult:
    if talks:
        return CallResult.ANSWERED
    if any(leg.call.result is CallResult.VOICEMAIL for leg in legs):
        return CallResult.VOICEMAIL
    # A call log does not say why a caller left a queue; the queue's own log does.
    if any(leg.call.result is CallResult.ABANDONED for leg in told):
        return CallResult.ABANDONED
    # "Answered" without a person is a queue that was left, an announcement that was heard: nobody took the call.
    ended = {CallResult.MISSED if leg.call.result is CallResult.ANSWERED else leg.call.result for leg in legs}
    return next(result for result in _UNANSWERED if result in ended)


def _waited_until(told: Sequence[_Leg], outer: Sequence[_Leg], talks: Sequence[_Leg]) -> datetime:
    """Return when the first person answered, else the voicemail, else when the call was over."""
    if talks:
        return talks[0].answered
    recorded = [leg.answered for leg in outer if leg.call.result is CallResult.VOICEMAIL]
    return min(recorded, default=max(leg.end for leg in told))


def _covered(talks: Sequence[_Leg]) -> int:
    """Return for how long somebody talked; what two legs tell of the same minutes counts once."""
    seconds, until = 0.0, None
    for leg in talks:  # in the order of their answers
        begin = leg.answered if until is None else max(leg.answered, until)
        seconds += max(0.0, (leg.end - begin).total_seconds())
        until = leg.end if until is None else max(until, leg.end)
    return int(seconds)


def _agents(legs: Sequence[_Leg], talks: Sequence[_Leg]) -> tuple[str, ...]:
    """Return who of us talked or called, in that order; a telephone that only rang took no part."""
    called = [leg for leg in legs if leg.direction is Direction.OUTBOUND]
    return tuple(dict.fromkeys(leg.who for leg in (*talks, *called) if leg.who))


def _transferred(legs: Sequence[_Leg], talks: Sequence[_Leg]) -> bool:
    """Return whether the call went on to somebody else after the first who answered, be it in vain."""
    if not talks:
        return False
    first = talks[0]
    if len({leg.who for leg in talks if leg.who}) > 1:
        return True
    return any(
        leg.begin >= first.end - _ROUNDING and leg.who != first.who and bool(leg.who or leg.call.queue)
        for leg in legs
        if leg is not first
    )
