"""tawk.to's events as messages. It tells a chat's first message at once, and all of them when the chat is over.

https://developer.tawk.to/webhooks/
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ingest_social.chats.talk import Said, Visitor, file, said
from ingest_social.chats.tawk_wire import Chat, First, Hook, Line, Person, Ticket
from peyvand.delivery import Delivery, canonical_json
from peyvand.errors import BadPayload, Skipped, UnknownType
from peyvand.event import Attachment, InteractionEvent
from peyvand.identity import Organisation

NAME = "tawk"
VISITOR = {"v", "visitor"}
AGENT = {"a", "agent"}
# The chat's own notices, which nobody wrote.
SYSTEM = {"s", "system"}
# They are no words: calls and screens that were shared.
WORDLESS = {"webrtc-call", "call", "event"}
MOST_FILES = 20


def read(delivery: Delivery, organisation: Organisation) -> Sequence[InteractionEvent]:
    """Return what an event says; raises Skipped, BadPayload."""
    hook = Hook.model_validate(delivery.json())
    match hook.event:
        case "chat:start" if hook.chat_id and hook.message:
            ones = _first(hook.chat_id, hook.visitor, hook.message, hook.time)
        case "chat:transcript_created" if hook.chat:
            ones = _transcript(hook.chat)
        case "ticket:create" if hook.ticket:
            ones = [_ticket(hook.ticket, hook.requester, hook.time)]
        case "chat:end":
            raise Skipped("the end of a chat")
        case "chat:start" | "chat:transcript_created" | "ticket:create":
            raise BadPayload("an event without what it tells of")
        case _:
            raise UnknownType("an event that is not known yet")
    if not ones:
        raise Skipped("a chat without words")
    return [said(delivery, organisation, one) for one in ones]


def _first(chat: str, person: Person, message: First, at: datetime | None) -> list[Said]:
    line = Line(sender={"t": message.sender.get("type")}, type=message.type, msg=message.text, time=at)
    return _lines(chat, person, [line])


def _transcript(chat: Chat) -> list[Said]:
    return _lines(chat.id, chat.visitor, chat.messages)


def _lines(chat: str, person: Person, lines: Sequence[Line]) -> list[Said]:
    """Return what was said. Messages bear no id: each is known by who said what, and how many times before.

    So the first message is the same in both events, wherever the transcript has it.
    """
    visitor, same, found = _visitor(chat, person), Counter[str](), []
    for line in lines:
        who = str(line.sender.get("t") or line.sender.get("type") or "")
        files = _files(line.attchs)
        if who in SYSTEM or line.type in WORDLESS or not (line.msg.strip() or files):
            continue
        if who not in VISITOR | AGENT:
            raise UnknownType("a sender that is neither visitor nor agent")
        said_ = canonical_json([who[0], line.msg.strip(), [f.at for f in files]])
        digest = hashlib.sha256(said_).hexdigest()[:32]
        same[digest] += 1
        key, name = f"tawk:{chat}:{digest}:{same[digest]}", str(line.sender.get("n") or "") or None
        found.append(Said(key, visitor, chat, who in VISITOR, line.time, line.msg.strip() or None, name, files))
    return found


def _visitor(chat: str, person: Person) -> Visitor:
    """Return who chats; tawk.to tells no id of him, so without an address his chat is all that he is known by."""
    return Visitor("" if person.email else chat, person.name, person.email)


def _ticket(ticket: Ticket, person: Person, at: datetime | None) -> Said:
    visitor = Visitor("" if person.email else f"ticket {ticket.id}", person.name, person.email)
    more = {"subject": ticket.subject}
    return Said(f"tawk:ticket:{ticket.id}", visitor, ticket.id, True, at, ticket.message, more=more)


def _files(attached: Sequence[Any]) -> tuple[Attachment, ...]:
    """Return files by their addresses, as far as an attachment names one."""
    found: list[Attachment] = []
    for one in attached[:MOST_FILES]:
        content = one.get("content") if isinstance(one, dict) else None
        told = content.get("file") if isinstance(content, dict) else None
        if isinstance(told, dict):
            url, name, kind = (str(told.get(k) or "") for k in ("url", "name", "mimeType"))
            size = told.get("size")
            found += file(NAME, url, name, kind, size if type(size) is int and size >= 0 else None)
    return tuple(found)
