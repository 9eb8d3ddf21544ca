"""Crisp's events as messages. What its names say is seen from the widget: `message:send` is the visitor's.

https://docs.crisp.chat/references/rtm-api/v1/
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from ingest_social.chats.crisp_wire import Data, Hook
from ingest_social.chats.talk import FAMILY, Said, Visitor, file, said
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload, Skipped, UnknownType
from peyvand.event import Attachment, Change, Direction, Form, InteractionEvent, Kind, Role, Status, event, party
from peyvand.identity import Organisation

NAME = "crisp"
FILES = {"file", "audio", "animation"}
# They hold words to the visitor beside what he may choose.
WORDED = {"picker", "field", "carousel"}
# Parts of a session that the visitor, or the page for him, tells of himself.
TOLD = {"session:set_email": "email", "session:set_phone": "phone", "session:set_nickname": "nickname"}
WORDLESS = (
    "message:compose:", "message:acknowledge:", "message:notify:", "session:", "website:", "people:", "campaign:",
    "browsing:", "call:", "widget:", "status:", "bucket:", "media:", "url:", "billing:", "plugin:", "identity:",
    "email:", "spam:", "history:",
)  # fmt: skip


def read(delivery: Delivery, organisation: Organisation) -> Sequence[InteractionEvent]:
    """Return what an event says; raises Skipped, BadPayload."""
    hook = Hook.model_validate(delivery.json())
    match hook.event:
        case "message:send" | "message:received":
            return [said(delivery, organisation, _message(_data(hook), hook.event == "message:send"))]
        case "message:updated":
            data = _data(hook)
            return [said(delivery, organisation, _changed(data, hook, Change.EDITED))]
        case "message:removed":
            return [said(delivery, organisation, replace(_changed(_data(hook), hook, Change.DELETED), text=None))]
        case "message:acknowledge:read:received":
            return _read(delivery, organisation, _data(hook), hook)
        case name if name in TOLD:
            return _told(delivery, organisation, _data(hook), hook)
        case name if name.startswith(WORDLESS):
            raise Skipped("news of the chat without words")
        case _:
            raise UnknownType("an event that is not known yet")


def _data(hook: Hook) -> Data:
    return Data.model_validate(hook.data)


def _key(data: Data) -> str:
    if not data.fingerprint:
        raise BadPayload("a message without its fingerprint")
    return f"crisp:{data.session_id}:{data.fingerprint}"


def _message(data: Data, sent: bool) -> Said:
    inbound = data.from_ == "user" if data.from_ else sent
    text, files = _content(data)
    visitor = Visitor(data.session_id, data.user.nickname if inbound else None)
    operator = None if inbound else data.user.nickname
    return Said(_key(data), visitor, data.session_id, inbound, _time(data.timestamp), text, operator, files)


def _content(data: Data) -> tuple[str | None, tuple[Attachment, ...]]:
    """Return words and files; raises Skipped for what nobody says to the other, UnknownType."""
    content = data.content
    match data.type:
        case "note":
            raise Skipped("a private note among operators")
        case "event":
            raise Skipped("a chat's own notice")
        case "text" if isinstance(content, str):
            return content, ()
        case kind if kind in FILES and isinstance(content, dict):
            url, name, claimed = (str(content.get(k) or "") for k in ("url", "name", "type"))
            return None, file(NAME, url, name, claimed)
        case kind if kind in WORDED and isinstance(content, dict):
            return str(content.get("text") or "") or None, ()
        case _:
            raise UnknownType("a kind of message that is not known yet")


def _changed(data: Data, hook: Hook, change: Change) -> Said:
    """Return a change of a message; Crisp does not say who wrote it, so the message itself tells."""
    text = data.content if isinstance(data.content, str) else None
    if change is Change.EDITED and text is None:
        raise Skipped("a change without words")
    stamp = hook.timestamp or data.timestamp or 0
    inbound = data.from_ != "operator"
    return Said(_key(data), Visitor(data.session_id), data.session_id, inbound, _time(stamp), text, change=change,
                change_key=str(stamp), told=data.from_ is not None, order=f"{stamp:020}")  # fmt: skip


def _read(delivery: Delivery, organisation: Organisation, data: Data, hook: Hook) -> Sequence[InteractionEvent]:
    at = _time(hook.timestamp)
    keys = dict.fromkeys(f"crisp:{data.session_id}:{n}" for n in data.fingerprints)
    ones = (Said(key, Visitor(data.session_id), data.session_id, False, at) for key in keys)
    return [
        said(delivery, organisation, replace(one, change=Change.STATUS, change_key=Status.READ, order="3",
                                             more={"status": Status.READ}))
        for one in ones
    ]  # fmt: skip


def _told(delivery: Delivery, organisation: Organisation, data: Data, hook: Hook) -> Sequence[InteractionEvent]:
    """Return what a visitor told of himself: a form of one field."""
    name = TOLD[hook.event]
    value = getattr(data, name)
    if not value:
        raise Skipped("news of the chat without words")
    visitor = Visitor(data.session_id, data.nickname, data.email, data.phone)
    key = f"crisp:{data.session_id}:{name}:{value}"
    return [
        event(
            delivery,
            organisation,
            key=key,
            family=FAMILY,
            kind=Kind.FORM,
            direction=Direction.INBOUND,
            occurred_at=_time(hook.timestamp),
            parties=(party(Role.FROM, visitor.handles(delivery, organisation), organisation, data.nickname),),
            message_key=key,
            conversation=data.session_id,
            form=Form(name="chat", fields=((name, value[:1000]),)),
        )
    ]


def _time(stamp: int | None) -> datetime | None:
    """Return a time in milliseconds, or in seconds as some events have it."""
    if not stamp:
        return None
    try:
        return datetime.fromtimestamp(stamp / 1000 if stamp > 10**11 else stamp, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise BadPayload("a time that is none") from error
