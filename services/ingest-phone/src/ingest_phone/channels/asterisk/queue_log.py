"""One line of Asterisk's queue log as what it adds to a call: pure.

https://docs.asterisk.org/Configuration/Applications/Application-Queue/Queue-Logs/

A line knows nobody's number (but that of who enters), so an event of it has no party, and says "internal": it stands on
nobody's timeline until the call log tells of the same call, and then says of it what the call log does not know. A
caller who was transferred into the queue waits there on another channel than the call began with. What is said under
that channel's id belongs to no call that is known, and makes none.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ingest_phone.channels.asterisk.names import device
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload, Skipped, UnknownType
from peyvand.event import Call, CallResult, Change, Direction, InteractionEvent, Kind, Teller, event
from peyvand.identity import Organisation

# The words that stand where no call is meant.
NO_CALL = ("NONE", "REALTIME", "MANAGER")
MEMBERS = (
    "ADDMEMBER", "REMOVEMEMBER", "PAUSE", "UNPAUSE", "PAUSEALL", "UNPAUSEALL", "PENALTY", "RINGINUSE", "AGENTLOGIN",
    "AGENTLOGOFF", "AGENTCALLBACKLOGIN", "AGENTCALLBACKLOGOFF", "PAUSEREASON",
)  # fmt: skip
ASIDE = ("DID", "INFO", "SYSCOMPAT", "AGENTDUMP", "CALLERINFO", "NOTE")
_EPOCH = re.compile(r"\d{9,11}(\.\d{1,9})?\Z", re.ASCII)
_COUNT = re.compile(r"\d{1,9}\Z", re.ASCII)
_FEWEST = 5
_MILLISECONDS = 1000
_LONGEST_WORD = 128


@dataclass(frozen=True, slots=True)
class Line:
    """A line: when in UTC, the channel of the caller, the queue, the member, what happened, and what goes with it."""

    at: datetime
    callid: str
    queue: str
    member: str
    happened: str
    more: tuple[str, ...]

    def number(self, place: int) -> int:
        """Return a whole number that goes with it; raises BadPayload that names the place, not what stands there."""
        written = self.more[place] if place < len(self.more) else ""
        if not _COUNT.match(written):
            raise BadPayload(f"{self.happened}, field {_FEWEST + place + 1}: a whole number was expected")
        return int(written)


@dataclass(frozen=True, slots=True)
class _Told:
    """What a line says: how it ended, and for how long before it somebody waited, and then talked."""

    result: CallResult
    waited: int = 0
    talked: int | None = None
    detail: str = ""


def read_line(body: bytes) -> Line:
    """Return the line's fields; raises BadPayload when it is none."""
    fields = body.decode(errors="replace").rstrip("\r\n").split("|")
    if len(fields) < _FEWEST or not _EPOCH.match(fields[0]):
        raise BadPayload("a line begins with epoch|callid|queue|agent|event")
    at = datetime.fromtimestamp(float(fields[0]), UTC)
    callid, queue, member, happened = (f.strip()[:_LONGEST_WORD] for f in fields[1:_FEWEST])
    return Line(at, callid, queue, "" if member == "NONE" else member, happened.upper(), tuple(fields[_FEWEST:]))


def of_queue(delivery: Delivery, organisation: Organisation) -> Sequence[InteractionEvent]:
    """Return what a line adds to its call; raises Skipped by a named rule, UnknownType, BadPayload."""
    line = read_line(delivery.body)
    if line.happened in MEMBERS:
        raise Skipped("a queue's members")
    if line.callid in NO_CALL or line.happened in ("QUEUESTART", "CONFIGRELOAD"):
        raise Skipped(f"no call: {line.callid if line.callid in NO_CALL else 'NONE'}")
    if line.happened in ASIDE:
        raise Skipped("said beside the queue")
    if line.happened not in _TOLD:
        raise UnknownType("an event of a queue that is not known")
    told = _TOLD[line.happened](line)
    began = line.at - timedelta(seconds=told.waited + (told.talked or 0))
    return [
        event(
            delivery,
            organisation,
            family="phone",
            key=line.callid,
            change=Change.LEG,
            change_key=f"queue:{hashlib.sha256(delivery.body.rstrip()).hexdigest()[:32]}",
            kind=Kind.CALL,
            direction=Direction.INTERNAL,
            occurred_at=began,
            call=_call(line, told, began, organisation),
        )
    ]


def _call(line: Line, told: _Told, began: datetime, organisation: Organisation) -> Call:
    extension = device(line.member)
    person = organisation.at_extension(extension) if extension else None
    # A member may have a name in the queue's settings; then the log has that alone.
    named = person.name or person.user if person else None if extension else line.member or None
    return Call(
        leg=f"{line.callid}:{line.queue}:{line.member}",
        started_at=began,
        result=told.result,
        wait_seconds=told.waited,
        talk_seconds=told.talked,
        queue=line.queue or None,
        agent=named,
        extension=extension,
        detail=told.detail or line.happened,
        told_by=Teller.QUEUE,
    )


def _left(result: CallResult, first: int) -> Callable[[Line], _Told]:
    """Read position, position at the entry and seconds of waiting of who left the queue, from a field on."""

    def told(line: Line) -> _Told:
        position, entered = line.number(first), line.number(first + 1)
        place = f"{line.happened}: position {position}, entered at {entered}"
        return _Told(result, line.number(first + 2), detail=place)

    return told


def _talked(line: Line) -> _Told:
    """Read the seconds of waiting and of talking."""
    return _Told(CallResult.ANSWERED, line.number(0), line.number(1))


def _sent_on(line: Line) -> _Told:
    """Read the same behind whereto, which is two fields or three; the last, the position, was not always there."""
    first = max(2, len(line.more) - 3)
    return _Told(CallResult.ANSWERED, line.number(first), line.number(first + 1))


def _rang(line: Line) -> _Told:
    """Read for how long a member was rung in vain: of all that is told, this alone is in milliseconds."""
    return _Told(CallResult.MISSED, round(line.number(0) / _MILLISECONDS))


_TOLD: Mapping[str, Callable[[Line], _Told]] = {
    "ENTERQUEUE": lambda _line: _Told(CallResult.MISSED),
    "CONNECT": lambda line: _Told(CallResult.ANSWERED, line.number(0)),
    "COMPLETEAGENT": _talked,
    "COMPLETECALLER": _talked,
    "ABANDON": _left(CallResult.ABANDONED, 0),
    "EXITEMPTY": _left(CallResult.MISSED, 0),
    "EXITWITHTIMEOUT": _left(CallResult.MISSED, 0),
    "EXITWITHKEY": _left(CallResult.MISSED, 1),
    "RINGNOANSWER": _rang,
    "RINGCANCELED": _rang,
    "JOINEMPTY": lambda _line: _Told(CallResult.MISSED),
    "BLINDTRANSFER": _sent_on,
    "TRANSFER": _sent_on,
    "ATTENDEDTRANSFER": _sent_on,
}
