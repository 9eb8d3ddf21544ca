"""Kavenegar: its answers as events.

https://kavenegar.com/rest.html
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import AliasChoices, Field, ValidationError

from ingest_social.sms.messages import Maybe, Short, Wire, became, required, written
from peyvand.delivery import Delivery
from peyvand.errors import Skipped, UnknownType
from peyvand.event import Direction, InteractionEvent, Status
from peyvand.identity import Organisation

# What the panel's numbers say became of a message.
WAITING = {"1", "2"}
STATUSES = {
    "4": Status.SENT,
    "5": Status.SENT,
    "6": Status.FAILED,
    "10": Status.DELIVERED,
    "11": Status.FAILED,
    "13": Status.FAILED,
    "14": Status.FAILED,
}


class Entry(Wire):
    """A message in an answer; times are seconds since 1970."""

    messageid: str = Field(min_length=1, max_length=40)
    message: str = ""
    sender: Maybe = None
    receptor: Maybe = None
    date: int | None = Field(default=None, ge=0, le=2**40)
    status: str = ""

    @property
    def at(self) -> datetime | None:
        """Return when it was written."""
        return datetime.fromtimestamp(self.date, UTC) if self.date else None


class Push(Wire):
    """What the panel calls with: a message to us, or what became of one of ours."""

    messageid: str = Field(min_length=1, max_length=40)
    message: str | None = None
    sender: Maybe = Field(default=None, validation_alias=AliasChoices("from", "sender"))
    receptor: Maybe = Field(default=None, validation_alias=AliasChoices("to", "receptor"))
    status: str = ""


def entries(answer: Any) -> list[Any]:
    """Return the messages of an answer."""
    found = answer.get("entries") if isinstance(answer, dict) else None
    return found if isinstance(found, list) else []


def is_readable(entry: Any) -> bool:
    """Return whether a message in an answer can be read."""
    try:
        Entry.model_validate(entry)
    except ValidationError:
        return False
    return isinstance(entry, dict) and bool(entry.get("sender"))


def received(delivery: Delivery, organisation: Organisation) -> Sequence[InteractionEvent]:
    """Return the messages of an answer of sms/receive; whoever asked keeps unreadable ones beside it."""
    found = entries(delivery.json())
    readable = [e for e in found if is_readable(e)] or found
    if not readable:
        raise Skipped("nothing in it")
    return [_in(delivery, organisation, Entry.model_validate(entry)) for entry in readable]


def sent(delivery: Delivery, organisation: Organisation) -> Sequence[InteractionEvent]:
    """Return a message of the outbox, and what became of it."""
    entry = Entry.model_validate(delivery.json())
    if entry.status in WAITING:
        raise Skipped("a message of ours that is not sent")
    short = _short(Direction.OUTBOUND, entry.messageid, required(entry.receptor), entry.sender, entry)
    made = [written(delivery, organisation, short)]
    if entry.status in STATUSES:
        made.append(became(delivery, organisation, short, STATUSES[entry.status]))
    return made


def pushed(delivery: Delivery, organisation: Organisation, said: dict[str, str]) -> Sequence[InteractionEvent]:
    """Return what a call of the panel says."""
    push = Push.model_validate(said)
    if push.message is not None and push.sender:
        entry = Entry(messageid=push.messageid, message=push.message, sender=push.sender, receptor=push.receptor)
        return [_in(delivery, organisation, entry)]
    if push.status in WAITING:
        raise Skipped("a message of ours that is not sent")
    if push.status not in STATUSES:
        raise UnknownType("a call that is neither a message nor a known status")
    short = _short(Direction.OUTBOUND, push.messageid, push.receptor or "", push.sender)
    return [became(delivery, organisation, short, STATUSES[push.status])]


def _in(delivery: Delivery, organisation: Organisation, entry: Entry) -> InteractionEvent:
    short = _short(Direction.INBOUND, entry.messageid, required(entry.sender), entry.receptor, entry)
    return written(delivery, organisation, short)


def _short(way: Direction, number: str, theirs: str, ours: str | None, entry: Entry | None = None) -> Short:
    text, at = (entry.message, entry.at) if entry else ("", None)
    return Short(f"kavenegar:{'in' if way is Direction.INBOUND else 'out'}:{number}", way, theirs, ours or "", text, at)
