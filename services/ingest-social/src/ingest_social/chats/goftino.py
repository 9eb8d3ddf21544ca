"""Goftino's events as messages. Their shape is nowhere published in full: this is what integrators have met.

https://api.goftino.com/ (the REST API), https://www.goftino.com/docs (what visitors send)
"""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson

from ingest_social.chats.goftino_wire import About, Data, Filled, Hook
from ingest_social.chats.talk import FAMILY, Said, Visitor, file, parties, said
from ingest_social.forms.names import Meaning, folded, meanings
from peyvand.delivery import Delivery, canonical_json
from peyvand.errors import BadPayload, Skipped, UnknownType
from peyvand.event import Attachment, Direction, Flag, Form, InteractionEvent, Kind, event
from peyvand.identity import Organisation, latin_digits

NAME = "goftino"
# The header in which a call bears what the REST API says of its visitor, where it could be asked.
ABOUT = "peyvand-goftino-user"
WORDLESS = {"close_chat", "transfer_chat", "rating", "click_button", "operator_typing", "open_chat", "ping", "test"}
FORMS = {"startForm", "delayForm", "offlineForm"}
FILES = {"image", "file", "video", "voice", "audio"}
UNSURE = Flag(name="possible-duplicate", why="the call gave no number of its message: another copy may stand beside it")


def read(delivery: Delivery, organisation: Organisation) -> Sequence[InteractionEvent]:
    """Return what an event says; raises Skipped, BadPayload."""
    hook = Hook.model_validate(delivery.json())
    if hook.event in WORDLESS:
        raise Skipped("news of the chat without words")
    if hook.event != "new_message":
        raise UnknownType("an event that is not known yet")
    data = Data.model_validate(hook.data)
    inbound = data.sender.from_ == "user"
    if not inbound and data.sender.from_ not in ("operator", "bot"):
        raise UnknownType("a sender that is neither user nor operator")
    about = _about(delivery)
    if filled := _filled(data):
        return [_form(delivery, organisation, data, filled, about)]
    text, files = _content(data)
    operator = None if inbound else data.sender.name
    one = Said(_key(delivery, data), _visitor(data, about, {}), data.chat_id, inbound, _time(data.date), text, operator,
               files, more={"flags": _flags(data)})  # fmt: skip
    return [said(delivery, organisation, one)]


def _about(delivery: Delivery) -> About:
    """Return what the REST API said of the visitor when the call came."""
    told = delivery.headers.get(ABOUT)
    try:
        found = orjson.loads(told) if told else {}
    except orjson.JSONDecodeError:
        found = {}
    return About.model_validate(found if isinstance(found, dict) else {})


def _visitor(data: Data, about: About, typed: dict[Meaning, str]) -> Visitor:
    name = data.name or about.name or typed.get("name") or (data.sender.name if data.sender.from_ == "user" else None)
    mail, phone = data.email or about.email or typed.get("email"), data.phone or about.phone or typed.get("phone")
    return Visitor(data.user_id or data.chat_id, name, mail, phone)


def _flags(data: Data) -> tuple[Flag, ...]:
    return () if data.message_id else (UNSURE,)


def _filled(data: Data) -> tuple[tuple[str, str], ...]:
    """Return the fields of a form that the visitor filled in; they stand beside the content, or are it."""
    listed: Any = data.content if data.type in FORMS and isinstance(data.content, list) else []
    every = [*data.fields, *(Filled.model_validate(one) for one in listed if isinstance(one, dict))]
    told = ((one.label[:200], one.value) for one in every[:50])
    return tuple((label, str(value)[:4_000]) for label, value in told if isinstance(value, str | int) and value != "")


def _form(
    delivery: Delivery, organisation: Organisation, data: Data, filled: tuple[tuple[str, str], ...], about: About
) -> InteractionEvent:
    known = meanings({})
    typed = {known[folded(label)]: value for label, value in reversed(filled) if folded(label) in known}
    text = data.content if isinstance(data.content, str) and data.content.strip() else typed.get("message")
    one = Said(_key(delivery, data), _visitor(data, about, typed), data.chat_id, True, _time(data.date))
    return event(
        delivery,
        organisation,
        key=one.key,
        family=FAMILY,
        kind=Kind.FORM,
        direction=Direction.INBOUND,
        occurred_at=one.at,
        parties=parties(delivery, organisation, one),
        message_key=one.key,
        conversation=data.chat_id,
        text=text,
        form=Form(name="chat", page=(about.last_url or "")[:4_000], fields=filled),
        flags=_flags(data),
    )


def _content(data: Data) -> tuple[str | None, tuple[Attachment, ...]]:
    content = data.content
    if content is None or content == "":
        raise Skipped("news of the chat without words")
    if isinstance(content, dict):
        told = {k: str(content.get(k) or "") for k in ("url", "name", "type", "text")}
        files = file(NAME, told["url"], told["name"], told["type"])
        return (told["text"] or None, files) if files or told["text"] else _unknown()
    if not isinstance(content, str):
        return _unknown()
    if data.type in FILES and (files := file(NAME, content.strip())):
        return None, files
    return content, ()


def _unknown() -> tuple[None, tuple[()]]:
    raise UnknownType("a kind of message that is not known yet")


def _key(delivery: Delivery, data: Data) -> str:
    """Return the message's own number, or what it says within the minute in which it came."""
    if data.message_id:
        return f"goftino:{data.chat_id}:{data.message_id}"
    minute = int(delivery.received_at.timestamp() // 60)
    filled = [[one.label, one.value] for one in data.fields]
    told = canonical_json([data.sender.from_, data.type, data.content, filled, data.date or minute])
    return f"goftino:{data.chat_id}:{hashlib.sha256(told).hexdigest()}"


def _time(date: str | int | None) -> datetime | None:
    """Return a time in ISO 8601 with its offset, or in seconds or milliseconds; any other tells nothing."""
    if date is None or date == "":
        return None
    text = latin_digits(str(date)).strip()
    try:
        if text.isdecimal():
            stamp = int(text)
            return datetime.fromtimestamp(stamp / 1000 if stamp > 10**11 else stamp, UTC)
        found = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError) as error:
        raise BadPayload("a time that is none") from error
    return found.astimezone(UTC) if found.tzinfo else None
