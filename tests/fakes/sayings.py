"""Events as connectors make them, in few words: what was said to whom, when, on which channel."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from peyvand.delivery import Delivery
from peyvand.event import Call, CallResult, Change, Direction, Form, InteractionEvent, Kind, Party, Role, event, party
from peyvand.identity import Handle, Organisation, email, handle, phone

ORGANISATION = Organisation(name="Example Trading", domains=("example.ir",), numbers=("+98 21 9100 1000",))
NOON = datetime(2026, 10, 4, 8, 30, tzinfo=UTC)  # 12:00 in Tehran, 12 Mehr 1405
_SPACE = UUID("5d4f6f1e-0c37-5b0c-8a54-6e1b8f5a7c11")


def address(written: str) -> Handle:
    found = email(written)
    assert found is not None
    return found


def number(written: str) -> Handle:
    found = phone(written, "IR")
    assert found is not None
    return found


def telegram(user: int) -> Handle:
    return handle("telegram", user)


def person(name: str | None, *handles: Handle, role: Role = Role.FROM) -> Party:
    return party(role, handles, ORGANISATION, name)


def said(
    by: Party,
    text: str | None,
    *,
    key: str,
    at: datetime = NOON,
    connector: str = "shop-bot",
    channel: str = "telegram",
    late: timedelta = timedelta(seconds=1),
    **more: Any,
) -> InteractionEvent:
    """Return a message; ours is outbound, everybody else's inbound."""
    received = at + late
    change = f"{connector}{key}{more.get('change', '')}{more.get('change_key', '')}"
    delivery = Delivery(uuid5(_SPACE, change), connector, channel, received, b"")
    fields: dict[str, Any] = {
        "kind": Kind.MESSAGE,
        "direction": Direction.OUTBOUND if by.ours else Direction.INBOUND,
        "occurred_at": at,
        "parties": (by, *more.pop("to", ())),
        "text": text,
        **more,
    }
    return event(delivery, ORGANISATION, key=key, **fields)


def mailed(by: Party, subject: str, text: str, **more: Any) -> InteractionEvent:
    return said(by, text, subject=subject, **{"connector": "support-inbox", "channel": "email", **more})


def rang(by: Party, result: CallResult, *, key: str, leg: int = 1, **more: Any) -> InteractionEvent:
    """Return one leg of a call."""
    seconds = {name: more.pop(name, None) for name in ("wait_seconds", "talk_seconds", "queue", "agent", "extension")}
    call = Call(leg=f"leg-{leg}", sequence=leg, result=result, started_at=more.get("at", NOON), **seconds)
    fields = {"kind": Kind.CALL, "change": Change.LEG, "change_key": str(leg), "call": call}
    return said(by, None, key=key, **{"connector": "pbx", "channel": "phone", **fields, **more})


def filled(by: Party, fields: dict[str, str], **more: Any) -> InteractionEvent:
    form = Form(name="contact", page="https://example.ir/contact", fields=tuple(fields.items()))
    return said(by, None, **{"connector": "site-form", "channel": "web", "kind": Kind.FORM, "form": form, **more})
