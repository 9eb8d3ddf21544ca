"""One call record as one leg of a call: pure."""

from datetime import datetime, timedelta

from ingest_phone.freeswitch.cdr import Cdr, read_cdr
from ingest_phone.freeswitch.ending import result_of
from ingest_phone.freeswitch.ends import Ends, ends
from ingest_phone.freeswitch.recording import recordings
from ingest_phone.freeswitch.settings import Settings
from peyvand.delivery import Delivery
from peyvand.errors import Skipped
from peyvand.event import Attachment, Call, CallResult, Change, Direction, Flag, InteractionEvent, Kind, event
from peyvand.identity import Organisation

_UNREADABLE = Flag(name="text", why="the record is not UTF-8; what cannot be read is shown as \ufffd")


def leg(delivery: Delivery, settings: Settings, organisation: Organisation) -> InteractionEvent:
    """Return the leg that a record tells of; raises Skipped for one within the house, BadPayload."""
    cdr = read_cdr(delivery.body)
    told = ends(cdr, settings, organisation)
    if told.direction is Direction.INTERNAL:
        raise Skipped("internal call")
    files = recordings(cdr, settings)
    return event(
        delivery,
        organisation,
        family="phone",
        key=cdr.call,
        change=Change.LEG,
        change_key=cdr.uuid,
        order=cdr.started.isoformat(timespec="microseconds"),
        kind=Kind.CALL,
        direction=told.direction,
        occurred_at=cdr.started,
        parties=told.parties,
        call=_call(cdr, told, files),
        attachments=files,
        flags=told.flags if cdr.legible else (*told.flags, _UNREADABLE),
    )


def _call(cdr: Cdr, told: Ends, files: tuple[Attachment, ...]) -> Call:
    result = result_of(cdr, told.direction)
    waited, talked = seconds(cdr, result)
    return Call(
        leg=cdr.uuid,
        started_at=cdr.started,
        result=result,
        wait_seconds=waited,
        talk_seconds=talked,
        queue=cdr.variable("cc_queue").partition("@")[0] or None,
        agent=told.agent,
        extension=told.extension,
        recording=files[0].at if files else None,
        detail=cdr.variable("hangup_cause"),
    )


def seconds(cdr: Cdr, result: CallResult) -> tuple[int, int]:
    """Return how long it rang or waited, and how long the talk was.

    The first leg is answered by whatever the dialplan has first, a menu or a queue: its talk begins when somebody is
    joined to it.
    """
    end = cdr.at("end") or cdr.started + _lasted(cdr)
    answered = cdr.at("answer")
    if answered is None or result is CallResult.ABANDONED:
        return _between(cdr.started, end), 0
    joined = cdr.at("bridge") if cdr.is_first_leg else None
    begin = max(answered, joined) if joined else answered
    return _between(cdr.started, begin), _between(begin, end)


def _lasted(cdr: Cdr) -> timedelta:
    written = cdr.variable("duration")
    return timedelta(seconds=int(written) if written.isascii() and written.isdecimal() and len(written) < 8 else 0)


def _between(begin: datetime, end: datetime) -> int:
    return max(0, int((end - begin).total_seconds()))
