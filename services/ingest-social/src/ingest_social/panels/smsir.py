"""sms.ir: the rows of its reports as events; times are seconds since 1970, in UTC.

https://apidocs.sms.ir/
"""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

from pydantic import Field

from ingest_social.sms.messages import Maybe, Short, Wire, became, required, written
from peyvand.delivery import Delivery, canonical_json
from peyvand.errors import UnknownType
from peyvand.event import Direction, InteractionEvent, Status
from peyvand.identity import Organisation

# 1 on the phone, 2 not on the phone, 3 at the operator, 4 not at the operator, 5 at the operator on its way, 6 failed,
# 7 on a blacklist; 8 unknown
STATUSES = {
    "1": Status.DELIVERED,
    "2": Status.FAILED,
    "3": Status.SENT,
    "4": Status.FAILED,
    "5": Status.SENT,
    "6": Status.FAILED,
    "7": Status.FAILED,
}
UNKNOWN = "8"


class Received(Wire):
    """A message to us. Today's report does not give `receiveReturnId`, that of the days before does."""

    text: str = Field(default="", alias="messageText")
    line: Maybe = Field(default=None, alias="number")
    mobile: Maybe = None
    at: int | None = Field(default=None, alias="receivedDateTime", ge=0, le=2**40)
    copy_: int = Field(default=0, alias="peyvandCopy")


class Sent(Wire):
    """A message of ours; a cost changes nothing in it."""

    number: str = Field(alias="messageId", min_length=1, max_length=40)
    mobile: Maybe = None
    text: str = Field(default="", alias="messageText")
    line: Maybe = Field(default=None, alias="lineNumber")
    at: int | None = Field(default=None, alias="sendDateTime", ge=0, le=2**40)
    state: Maybe = Field(default=None, alias="deliveryState")
    delivered_at: int | None = Field(default=None, alias="deliveryDateTime", ge=0, le=2**40)


def received(delivery: Delivery, organisation: Organisation) -> Sequence[InteractionEvent]:
    """Return a row of what was received, by what both reports say of it: the one's number is not in the other."""
    row = Received.model_validate(delivery.json())
    said = canonical_json([row.line, row.mobile, row.at, row.text, *([row.copy_] if row.copy_ else [])])
    key = f"smsir:in:{hashlib.sha256(said).hexdigest()}"
    short = Short(key, Direction.INBOUND, required(row.mobile), row.line or "", row.text, _time(row.at))
    return [written(delivery, organisation, short)]


def sent(delivery: Delivery, organisation: Organisation) -> Sequence[InteractionEvent]:
    """Return a row of what was sent, and what became of it; raises UnknownType for a state that is none of theirs."""
    row = Sent.model_validate(delivery.json())
    key = f"smsir:out:{row.number}"
    short = Short(key, Direction.OUTBOUND, required(row.mobile), row.line or "", row.text, _time(row.at))
    made = [written(delivery, organisation, short)]
    if row.state is None or row.state == UNKNOWN:
        return made
    if row.state not in STATUSES:
        raise UnknownType("a delivery state that is not known yet")
    later = Short(key, short.direction, short.theirs, short.ours, "", _time(row.delivered_at) or short.at)
    return [*made, became(delivery, organisation, later, STATUSES[row.state])]


def _time(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
