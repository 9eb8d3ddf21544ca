"""Twilio's messages as events: from its calls, and from the rows of its list.

https://www.twilio.com/docs/messaging/api/message-resource
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ingest_social.sms.messages import FAMILY, Maybe, Short, Wire, became, required, written
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload, Skipped, UnknownType
from peyvand.event import Attachment, Direction, InteractionEvent, Status
from peyvand.identity import Organisation

NAME = "twilio_sms"
WHATSAPP = "whatsapp:"
# What is not yet, or never was, on its way says nothing.
ON_ITS_WAY = {"accepted", "scheduled", "queued", "sending", "receiving", "received", "canceled", "partially_delivered"}
NOT_SENT = {"accepted", "scheduled", "queued", "canceled"}
STATUSES = {
    "sent": Status.SENT,
    "delivered": Status.DELIVERED,
    "read": Status.READ,
    "failed": Status.FAILED,
    "undelivered": Status.FAILED,
}
MOST_FILES = 50


class Row(Wire):
    """A message in the list."""

    sid: str
    direction: str
    status: str
    body: str | None = None
    from_: Maybe = None
    to: Maybe = None
    date_sent: str | None = None
    date_created: str | None = None
    media: tuple[Mapping[str, Any], ...] = ()


def from_form(delivery: Delivery, organisation: Organisation) -> Sequence[InteractionEvent]:
    """Return what a call says: a message to us, or what became of one of ours; raises Skipped, BadPayload."""
    try:
        said = dict(parse_qsl(delivery.text(), keep_blank_values=True, max_num_fields=1000))
    except ValueError as error:
        raise BadPayload("a form with more fields than any") from error
    sid = said.get("MessageSid") or said.get("SmsSid")
    if not sid:
        raise UnknownType("a call of Twilio without a MessageSid")
    status = said.get("MessageStatus") or said.get("SmsStatus") or ""
    theirs, ours = (said.get("From"), said.get("To"))
    if status == "received" or ("Body" in said and "MessageStatus" not in said):
        short = _short(sid, Direction.INBOUND, theirs, ours, said.get("Body", ""), None)
        more = {"attachments": _files(said), "conversation": None, **_reply(said)}
        return [written(delivery, organisation, _with(short, more, said.get("ProfileName")))]
    return [_status(delivery, organisation, _short(sid, Direction.OUTBOUND, ours, theirs, "", None), status)]


def from_row(delivery: Delivery, organisation: Organisation) -> Sequence[InteractionEvent]:
    """Return a row of the list: the message, and for one of ours what became of it."""
    found = delivery.json()
    if not isinstance(found, dict):
        raise BadPayload("a row that is no object")
    row = Row.model_validate({**found, "from_": found.get("from")})
    inbound = row.direction == "inbound"
    if not inbound and row.status in NOT_SENT:
        raise Skipped("a message of ours that is not sent")
    theirs, ours = (row.from_, row.to) if inbound else (row.to, row.from_)
    way = Direction.INBOUND if inbound else Direction.OUTBOUND
    short = _short(row.sid, way, theirs, ours, row.body or "", _time(row.date_sent or row.date_created))
    events = [written(delivery, organisation, _with(short, {"attachments": _listed(row.media)}))]
    if not inbound and row.status not in ON_ITS_WAY:
        events.append(_status(delivery, organisation, short, row.status))
    return events


def _short(sid: str, way: Direction, theirs: str | None, ours: str | None, text: str, at: datetime | None) -> Short:
    them = required(theirs)
    family = "whatsapp" if them.startswith(WHATSAPP) else FAMILY
    return Short(f"twilio:{sid}", way, them, (ours or "").removeprefix(WHATSAPP), text, at, family)


def _with(short: Short, more: dict[str, Any], name: str | None = None) -> Short:
    return Short(
        short.key, short.direction, short.theirs, short.ours, short.text, short.at, short.family, (), name, more
    )


def _status(delivery: Delivery, organisation: Organisation, short: Short, status: str) -> InteractionEvent:
    if status in ON_ITS_WAY:
        raise Skipped("a message of ours on its way")
    if status not in STATUSES:
        raise UnknownType("a status of a message that is not known yet")
    return became(delivery, organisation, short, STATUSES[status])


def _reply(said: Mapping[str, str]) -> dict[str, Any]:
    original = said.get("OriginalRepliedMessageSid")
    return {"replies_to": (f"twilio:{original}",)} if original else {}


def _files(said: Mapping[str, str]) -> tuple[Attachment, ...]:
    count = said.get("NumMedia", "0")
    most = min(int(count), MOST_FILES) if count.isascii() and count.isdecimal() and len(count) < 5 else 0
    told = ((_path(said.get(f"MediaUrl{n}", "")), said.get(f"MediaContentType{n}", "")) for n in range(most))
    return tuple(_file(path, kind) for path, kind in told if path)


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError as error:
        raise BadPayload("a file whose address is none") from error


def _listed(media: Sequence[Mapping[str, Any]]) -> tuple[Attachment, ...]:
    told = ((str(m.get("uri") or ""), str(m.get("content_type") or "")) for m in media[:MOST_FILES])
    return tuple(_file(path.removesuffix(".json"), kind) for path, kind in told if path)


def _file(path: str, kind: str) -> Attachment:
    name = path.rpartition("/")[2][:100]
    return Attachment(name=name, claimed_type=kind[:100], at=f"{NAME}:{path[:300]}", state="at the vendor")


def _time(text: str | None) -> datetime | None:
    """Return a time as RFC 2822 writes it, in UTC."""
    try:
        return parsedate_to_datetime(text) if text else None
    except ValueError as error:
        raise BadPayload("a time that is none") from error
