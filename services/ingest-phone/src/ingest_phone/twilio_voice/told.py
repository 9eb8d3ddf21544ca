"""What Twilio tells of one leg, by a callback or by a row of its list, in one shape: pure.

https://www.twilio.com/docs/voice/api/call-resource
https://www.twilio.com/docs/voice/twiml#callstatus-values
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from peyvand.errors import BadPayload, UnknownType
from peyvand.event import CallResult, CallState

# How far a leg is: the order of what is told of it, and what it means while nobody says more.
_STATUSES = {
    "queued": (0, CallState.RINGING, CallResult.MISSED),
    "initiated": (1, CallState.RINGING, CallResult.MISSED),
    "ringing": (2, CallState.RINGING, CallResult.MISSED),
    "in-progress": (3, CallState.TALKING, CallResult.ANSWERED),
    "completed": (4, CallState.OVER, CallResult.ANSWERED),
    "busy": (4, CallState.OVER, CallResult.BUSY),
    "failed": (4, CallState.OVER, CallResult.FAILED),
    "no-answer": (4, CallState.OVER, CallResult.MISSED),
    "canceled": (4, CallState.OVER, CallResult.MISSED),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One leg; `at` is when it was said, times are UTC, `wait` and `talk` seconds, None where nobody knows."""

    sid: str
    root: str
    caller: str
    callee: str
    way: str
    status: str
    name: str
    answered_by: str
    detail: str
    at: datetime | None
    begin: datetime | None
    wait: int | None
    talk: int | None

    @property
    def rank(self) -> int:
        return _STATUSES[self.status][0]

    @property
    def state(self) -> CallState:
        return _STATUSES[self.status][1]

    @property
    def result(self) -> CallResult:
        return _STATUSES[self.status][2]

    @property
    def is_child(self) -> bool:
        return self.root != self.sid


def from_callback(said: Mapping[str, str]) -> Told:
    """Return the leg of a status callback; raises BadPayload, UnknownType."""
    at, status = time(said.get("Timestamp")), _known(said.get("CallStatus", ""))
    lasted = number(said.get("CallDuration"))
    talk = lasted if status == "completed" else 0 if _STATUSES[status][0] == 4 else None
    sid = said.get("CallSid", "")
    return Told(
        sid=sid,
        root=said.get("ParentCallSid") or sid,
        caller=said.get("From", ""),
        callee=said.get("To") or said.get("Called", ""),
        way=said.get("Direction", ""),
        status=status,
        name=said.get("CallerName", ""),
        answered_by=said.get("AnsweredBy", ""),
        detail=said.get("SipResponseCode", ""),
        at=at,
        begin=_before(at, talk or 0),
        wait=None,
        talk=talk,
    )


def from_row(row: Mapping[str, Any]) -> Told:
    """Return the leg of a row of the list; raises BadPayload, UnknownType."""
    text = {key: value for key, value in row.items() if isinstance(value, str)}
    sid, status = text.get("sid", ""), _known(text.get("status", ""))
    if not sid:
        raise BadPayload("a row without a sid")
    known = [at for at in (time(text.get("date_created")), time(text.get("start_time"))) if at]
    begin, end = min(known, default=None), time(text.get("end_time"))
    talk = number(text.get("duration")) if status == "completed" else 0
    waited = int((end - begin).total_seconds()) - (talk or 0) if begin and end else None
    return Told(
        sid=sid,
        root=text.get("parent_call_sid") or sid,
        caller=text.get("from", ""),
        callee=text.get("to", ""),
        way=text.get("direction", ""),
        status=status,
        name=text.get("caller_name", ""),
        answered_by=text.get("answered_by", ""),
        detail="",
        at=end,
        begin=begin,
        wait=None if waited is None else max(0, waited),
        talk=talk,
    )


def time(written: str | None) -> datetime | None:
    """Return a time as RFC 2822 (callbacks, lists) or ISO 8601 (transcriptions) writes it; raises BadPayload."""
    if not written:
        return None
    try:
        found = datetime.fromisoformat(written) if written[:4].isdecimal() else parsedate_to_datetime(written)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadPayload("a time that is none") from error


def number(written: str | None) -> int | None:
    """Return a count of seconds, or None."""
    plain = written is not None and written.isascii() and written.isdecimal() and len(written) < 8
    return int(written) if plain and written else None


def _known(status: str) -> str:
    status = {"answered": "in-progress", "cancelled": "canceled"}.get(status, status)
    if status not in _STATUSES:
        raise UnknownType("a status of a call that is not known yet")
    return status


def _before(at: datetime | None, seconds: int) -> datetime | None:
    try:
        return at - timedelta(seconds=seconds) if at else None
    except OverflowError as error:
        raise BadPayload("a time that is none") from error
