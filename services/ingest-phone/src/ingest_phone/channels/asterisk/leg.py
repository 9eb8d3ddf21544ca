"""One CDR row as one leg of a call: pure."""

from ingest_phone.channels.asterisk.cdr import Row, read_row
from ingest_phone.channels.asterisk.ends import Ends, ends
from ingest_phone.channels.asterisk.recording import recording
from ingest_phone.channels.asterisk.settings import Settings
from ingest_phone.localtime import Moment, moment
from peyvand.delivery import Delivery
from peyvand.errors import Skipped
from peyvand.event import Call, CallResult, Change, Direction, Flag, InteractionEvent, Kind, event
from peyvand.identity import Organisation


def leg(delivery: Delivery, settings: Settings, organisation: Organisation) -> InteractionEvent:
    """Return the leg that a line of the file tells of; raises Skipped for a call within the house."""
    return leg_of(read_row(delivery.body, settings.columns), delivery, settings, organisation)


def leg_of(row: Row, delivery: Delivery, settings: Settings, organisation: Organisation) -> InteractionEvent:
    """Return the leg that a row tells of, wherever it stood; raises Skipped for a call within the house."""
    told = ends(row, settings, organisation)
    # A later channel of somebody's call may be internal (a consultation, a transfer); one by itself is nobody's matter.
    if told.direction is Direction.INTERNAL and row.linkedid in ("", row.uniqueid):
        raise Skipped("internal call")
    started = moment(row.start, settings.zone or organisation.zone, row.created)
    recorded = recording(row, settings)
    return event(
        delivery,
        organisation,
        family="phone",
        key=row.call,
        change=Change.LEG,
        change_key=row.leg,
        order="" if row.sequence is None else f"{row.sequence:010}",
        source_revision=len(recorded),  # a row may be written first, and name its recording later
        kind=Kind.CALL,
        direction=told.direction,
        occurred_at=started.at,
        parties=told.parties,
        call=_call(row, told, started, recorded[0].at if recorded else None),
        attachments=recorded,
        flags=(*told.flags, *_doubts(row, started)),
    )


def _call(row: Row, told: Ends, started: Moment, recorded: str | None) -> Call:
    return Call(
        leg=row.uniqueid or row.call,
        sequence=row.sequence or 0,
        started_at=started.at,
        result=_result(row, told.direction),
        wait_seconds=_wait(row),
        talk_seconds=row.billsec,
        queue=_queue(row),
        agent=told.agent,
        extension=told.extension,
        recording=recorded,
        detail=row.lastapp,
    )


def _result(row: Row, direction: Direction) -> CallResult:
    if row.disposition is not CallResult.ANSWERED:
        return row.disposition
    if row.lastapp.lower() == "voicemail":
        return CallResult.VOICEMAIL
    # Only the switchboard itself answered: it said that the number cannot be reached.
    return CallResult.FAILED if direction is Direction.OUTBOUND and not row.dstchannel else CallResult.ANSWERED


def _wait(row: Row) -> int:
    if row.answer is None:
        return max(0, row.duration - row.billsec)
    if (row.answer.tzinfo is None) == (row.start.tzinfo is None):
        waited = int((row.answer - row.start).total_seconds())
        if 0 <= waited <= row.duration + 1:
            return waited
    # The clock was changed while it rang; durations are counted, not read off a clock.
    return max(0, row.duration - row.billsec)


def _queue(row: Row) -> str | None:
    return row.lastdata.replace("|", ",").split(",")[0].strip() or None if row.lastapp.lower() == "queue" else None


def _doubts(row: Row, started: Moment) -> list[Flag]:
    clock = [Flag(name="clock", why=started.doubt)] if started.doubt else []
    text = (
        [] if row.legible else [Flag(name="text", why="the row is not UTF-8; what cannot be read is shown as \ufffd")]
    )
    return [*clock, *text]
