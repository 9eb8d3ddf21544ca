"""How a leg stood at a moment, as it was heard: pure. Who called whom is read by the rules of the call log."""

from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ingest_phone.channels.asterisk.cdr import Row, named
from ingest_phone.channels.asterisk.ends import ends
from ingest_phone.channels.asterisk.settings import Settings
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload, Skipped
from peyvand.event import Call, CallResult, CallState, Change, Direction, InteractionEvent, Kind, Teller, event
from peyvand.identity import Organisation

_LAST = 253_402_300_799_000_000  # microseconds, of the year 9999


class Heard(BaseModel):
    """A leg as it stood: times in microseconds since 1970, all else as Asterisk wrote it."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    call: str = Field(min_length=1, max_length=256)
    leg: str = Field(min_length=1, max_length=256)
    state: CallState
    ended: str
    queue: str = ""
    src: str = ""
    name: str = ""
    channel: str = ""
    context: str = ""
    dst: str = ""
    rung: str = ""
    began: int = Field(ge=0, le=_LAST)
    answered: int | None = Field(None, ge=0, le=_LAST)
    at: int = Field(ge=0, le=_LAST)
    count: int = Field(ge=0, lt=10**10)


def heard_leg(delivery: Delivery, settings: Settings, organisation: Organisation) -> InteractionEvent:
    """Return how a leg stood; raises Skipped for a call within the house, BadPayload."""
    try:
        heard = Heard.model_validate_json(delivery.body)
    except ValidationError as error:
        raise BadPayload("no leg as it is heard from the manager interface") from error
    abandoned = heard.ended == "ABANDONED"
    row = _row(heard, "NO ANSWER" if abandoned else heard.ended)
    told = ends(row, settings, organisation)
    if told.direction is Direction.INTERNAL:
        raise Skipped("internal call")
    order = f"{heard.at:018}-{heard.count:010}"
    result = CallResult.ABANDONED if abandoned and heard.state is CallState.OVER else row.disposition
    return event(
        delivery,
        organisation,
        family="phone",
        key=heard.call,
        change=Change.LEG,
        change_key=f"live {heard.leg} {order}",
        order=order,
        kind=Kind.CALL,
        direction=told.direction,
        occurred_at=_moment(heard.at),
        parties=told.parties,
        flags=told.flags,
        call=Call(
            leg=heard.leg,
            started_at=_moment(heard.began),
            result=result,
            wait_seconds=row.duration - row.billsec,
            talk_seconds=row.billsec,
            queue=heard.queue or None,
            agent=told.agent if heard.rung else None,
            extension=told.extension if heard.rung or told.direction is Direction.OUTBOUND else None,
            told_by=Teller.LIVE,
            state=heard.state,
        ),
    )


def _row(heard: Heard, ended: str) -> Row:
    """Return the row that the call log would have if the leg ended now."""
    talked = max(0, heard.at - heard.answered) // 1_000_000 if heard.answered is not None else 0
    told: dict[str, Any] = {
        "src": heard.src, "clid": f'"{heard.name}" <{heard.src}>', "dst": heard.dst, "dcontext": heard.context,
        "channel": heard.channel, "dstchannel": heard.rung, "lastapp": "Queue" if heard.queue else "Dial",
        "lastdata": heard.queue, "start": _moment(heard.began).isoformat(sep=" "),
        "duration": str(max(0, heard.at - heard.began) // 1_000_000), "billsec": str(talked), "disposition": ended,
        "uniqueid": heard.leg, "linkedid": heard.call,
    }  # fmt: skip
    return named(told, width=0, digest="", legible=True)


def _moment(micros: int) -> datetime:
    return datetime.fromtimestamp(micros / 1_000_000, UTC)
