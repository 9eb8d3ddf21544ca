"""Melipayamak: what it calls with, and the rows of its lists, as events.

https://www.melipayamak.com/api/transfering-massage/
https://www.melipayamak.com/api/getmessages/
"""

import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import AliasChoices, Field

from ingest_social.sms.messages import Maybe, Short, Wire, became, required, written
from peyvand.delivery import Delivery, canonical_json
from peyvand.errors import BadPayload
from peyvand.event import Direction, Flag, InteractionEvent, Status
from peyvand.identity import Organisation, latin_digits

# The header in which a call bears the panel's own number of its message, where the panel could be asked for it.
NUMBER = "peyvand-melipayamak-id"
# Milliseconds since 1970, and an offset that says only how the panel would show them.
_DATE = re.compile(r"/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/\Z")
# A call that comes again within a minute is the same; a customer may say the same again after it.
BUCKET = timedelta(minutes=1)
UNSURE = Flag(
    name="possible-duplicate",
    why="the panel gave no number of this message: another copy of it may stand beside it, and an equal one within the"
    " same minute would not",
)


class Push(Wire):
    """What the address holds that was set in the panel."""

    sender: Maybe = Field(default=None, validation_alias=AliasChoices("from", "sender"))
    receiver: Maybe = Field(default=None, validation_alias=AliasChoices("to", "receiver"))
    body: str = Field(validation_alias=AliasChoices("body", "text", "message"))


class Row(Wire):
    """A message in a list."""

    number: str = Field(validation_alias=AliasChoices("MsgID", "MsgId", "MessageId"), min_length=1, max_length=40)
    body: str = Field(default="", validation_alias=AliasChoices("Body", "MessageBody"))
    sender: Maybe = Field(default=None, validation_alias=AliasChoices("Sender", "SenderNumber"))
    receiver: Maybe = Field(default=None, validation_alias=AliasChoices("Receiver", "RecipientNumber", "Recipient"))
    date: Maybe = Field(default=None, validation_alias=AliasChoices("SendDate", "ReceiveDate"))


def pushed(delivery: Delivery, organisation: Organisation, said: dict[str, str]) -> Sequence[InteractionEvent]:
    """Return the message that a call brings: by the panel's number where it could be had, else by what it says."""
    push = Push.model_validate(said)
    known = delivery.headers.get(NUMBER)
    key = f"melipayamak:in:{known}" if known else _key(delivery, push)
    short = Short(key, Direction.INBOUND, required(push.sender), push.receiver or "", push.body, None,
                  flags=() if known else (UNSURE,))  # fmt: skip
    return [written(delivery, organisation, short)]


def received(delivery: Delivery, organisation: Organisation) -> Sequence[InteractionEvent]:
    """Return a row of the inbox."""
    row = Row.model_validate(delivery.json())
    key, at = f"melipayamak:in:{row.number}", _time(row.date, organisation.zone)
    short = Short(key, Direction.INBOUND, required(row.sender), row.receiver or "", row.body, at)
    return [written(delivery, organisation, short)]


def sent(delivery: Delivery, organisation: Organisation) -> Sequence[InteractionEvent]:
    """Return a row of the sent messages; the list does not say for whom of several they were delivered."""
    row = Row.model_validate(delivery.json())
    key, at = f"melipayamak:out:{row.number}", _time(row.date, organisation.zone)
    short = Short(key, Direction.OUTBOUND, required(row.receiver), row.sender or "", row.body, at)
    return [written(delivery, organisation, short), became(delivery, organisation, short, Status.SENT)]


def is_same(push: Push, row: Row) -> bool:
    """Return whether a row is the message of a call."""
    numbers = (push.sender, row.sender), (push.receiver, row.receiver)
    return push.body.strip() == row.body.strip() and all(_tail(a) == _tail(b) for a, b in numbers)


def _key(delivery: Delivery, push: Push) -> str:
    minute = int(delivery.received_at.timestamp() // BUCKET.total_seconds())
    said = canonical_json([delivery.connector, push.sender, push.receiver, push.body, minute])
    return f"melipayamak:push:{hashlib.sha256(said).hexdigest()}"


def _tail(number: str | None) -> str:
    """Return the last digits of a number, which are the same in all its writings."""
    return re.sub(r"\D", "", latin_digits(number or ""))[-10:]


def _time(text: str | None, zone: ZoneInfo) -> datetime | None:
    """Return a time of the panel in UTC; one without an offset is the organisation's. Raises BadPayload."""
    if text is None:
        return None
    try:
        if stamp := _DATE.match(text):
            return datetime.fromtimestamp(int(stamp[1]) / 1000, UTC)
        found = datetime.fromisoformat(latin_digits(text))
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise BadPayload("a time that is none") from error
