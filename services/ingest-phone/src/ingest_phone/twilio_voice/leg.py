"""What Twilio tells of a leg as events: pure. Callbacks are heard live; rows of the list are the call log."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ingest_phone.twilio_voice.ends import ends
from ingest_phone.twilio_voice.told import Told, from_row
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload, Skipped
from peyvand.event import (
    AT_THE_VENDOR,
    Attachment,
    Call,
    CallResult,
    CallState,
    Change,
    Direction,
    Flag,
    InteractionEvent,
    Kind,
    Teller,
    event,
)
from peyvand.identity import Organisation

AT = "twilio:"
RECORDING = re.compile(r"RE[0-9a-f]{32}")
# <Record> takes what a caller says to nobody.
VOICEMAIL = "RecordVerb"


def live(
    delivery: Delivery, told: Told, organisation: Organisation, order: str, change_key: str, **fields: Any
) -> InteractionEvent:
    """Return what was heard of a leg; `order` sorts what was said of one status."""
    recording = fields.pop("recording", None)
    return _event(
        delivery,
        organisation,
        told,
        Teller.LIVE,
        change_key=change_key,
        order=f"{told.rank}{order}",
        occurred_at=told.at,
        recording=recording,
        **fields,
    )


def logged(delivery: Delivery, row: Mapping[str, Any], organisation: Organisation) -> InteractionEvent:
    """Return a row of the list, with its recordings, as a leg of the call log; raises Skipped while it goes on."""
    told = from_row(row)
    if told.state is not CallState.OVER:
        raise Skipped("a call that goes on")
    recordings = finished(row.get("recordings"))
    files = tuple(file(str(one["sid"])) for one in recordings)
    sources = [str(one.get("source") or "") for one in recordings]
    return _event(
        delivery,
        organisation,
        told,
        Teller.LOG,
        recorded=VOICEMAIL in sources,
        change_key=told.sid,
        order=told.begin.isoformat() if told.begin else "",
        occurred_at=told.begin,
        attachments=files,
        recording=files[0].at if files else None,
        source_revision=1 + len(files),
    )


def voicemail(
    delivery: Delivery,
    call: str,
    recording: str,
    begin: datetime | None,
    seconds: int | None,
    organisation: Organisation,
) -> InteractionEvent:
    """Return what a caller left as a leg of its own: what is told of his leg later does not take it back."""
    left = Call(
        leg=f"{call}/{recording}",
        started_at=begin,
        result=CallResult.VOICEMAIL,
        talk_seconds=seconds,
        recording=f"{AT}{recording}",
        told_by=Teller.LIVE,
        state=CallState.OVER,
    )
    return beside(
        delivery, call, f"voicemail\x1f{recording}", begin, organisation, call=left, attachments=(file(recording),)
    )


def beside(
    delivery: Delivery, key: str, change_key: str, at: datetime | None, organisation: Organisation, **fields: Any
) -> InteractionEvent:
    """Return what belongs to a call without telling who called: a file, words."""
    return event(
        delivery,
        organisation,
        family="phone",
        key=key,
        change=Change.LEG,
        change_key=change_key,
        kind=Kind.CALL,
        direction=Direction.INBOUND,
        occurred_at=at,
        **fields,
    )


def file(recording: str) -> Attachment:
    """Return a recording, as browsers play it."""
    return Attachment(name=f"{recording}.mp3", claimed_type="audio/mpeg", at=f"{AT}{recording}", state=AT_THE_VENDOR)


def finished(listed: object) -> Sequence[Mapping[str, Any]]:
    """Return the recordings of a row that can be heard, in the order of their ids; raises BadPayload."""
    rows = listed if isinstance(listed, list) else []
    found = [one for one in rows if isinstance(one, dict) and one.get("status") in (None, "completed")]
    if any(not RECORDING.fullmatch(str(one.get("sid"))) for one in found):
        raise BadPayload("a recording without a sid")
    return sorted(found, key=lambda one: str(one["sid"]))


def _event(
    delivery: Delivery, organisation: Organisation, told: Told, teller: Teller, *, recorded: bool = False, **fields: Any
) -> InteractionEvent:
    both = ends(told, organisation)
    by_machine = told.answered_by.startswith(("machine", "fax"))
    flags = (Flag(name="machine", why=f"Twilio heard {told.answered_by[:40]}"),) if by_machine else ()
    # Nobody took a call whose caller left his words with a machine, or which reached one when we called.
    left = {Direction.INBOUND: recorded, Direction.OUTBOUND: by_machine}.get(both.direction, False)
    call = Call(
        leg=told.sid,
        started_at=told.begin,
        result=CallResult.VOICEMAIL if left and told.result is CallResult.ANSWERED else told.result,
        wait_seconds=told.wait,
        talk_seconds=told.talk,
        agent=both.agent,
        extension=both.extension,
        recording=fields.pop("recording"),
        detail=told.detail[:40] or told.status,
        told_by=teller,
        state=told.state,
    )
    return event(
        delivery,
        organisation,
        family="phone",
        key=told.root,
        change=Change.LEG,
        kind=Kind.CALL,
        direction=both.direction,
        parties=both.parties,
        call=call,
        flags=(*both.flags, *flags),
        **fields,
    )
