"""What a call is to one of us: it rings for a person by the extension, or by the queue that waits for its members."""

from datetime import datetime, timedelta

from peyvand.event import Call, CallState, Direction
from peyvand.identity import Person
from timeline.folds.call import FoldedCall

# A call of which nobody has heard the end for so long is not one that rings; one that is over is told a while longer.
LONGEST = timedelta(hours=12)
TOLD_FOR = timedelta(minutes=15)


def state_for(call: FoldedCall, person: Person) -> CallState | None:
    """Return what a call does at a person's telephone, or None when it never was theirs.

    Whoever was rung and did not answer hears that it is over for them as soon as another talks.
    """
    own = [leg for leg in call.legs if _is_theirs(leg, person)]
    awaited = call.direction is Direction.INBOUND and call.queue is not None and call.queue in person.queues
    if not own and not awaited:
        return None
    if call.state is CallState.OVER:
        return CallState.OVER
    if any(leg.state is CallState.TALKING for leg in own):
        return CallState.TALKING
    if any(leg.state is CallState.RINGING for leg in own):
        return CallState.RINGING
    return CallState.RINGING if awaited and call.state is CallState.RINGING else CallState.OVER


def is_current(call: FoldedCall, now: datetime) -> bool:
    """Return whether a call is of this moment, and not one that an import or a late call log tells of."""
    if call.state is not CallState.OVER:
        return now - call.started_at < LONGEST
    lasted = timedelta(seconds=(call.wait_seconds or 0) + (call.talk_seconds or 0))
    return now - (call.started_at + lasted) < TOLD_FOR


def _is_theirs(leg: Call, person: Person) -> bool:
    return leg.extension in person.extensions or leg.agent in (person.user, person.name or person.user)
