"""Events and readings for tests, as the channels make them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from peyvand.delivery import Delivery
from peyvand.event import Change, Direction, InteractionEvent, Kind, Party, Role, event, party
from peyvand.identity import Handle, Organisation, Proof, email, handle, phone
from peyvand.publish import Reading

ORGANISATION = Organisation(name="Example", domains=("example.ir",), numbers=("+98 21 9100 1000",))
START = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)
_NAMES = UUID("6f0b4c58-4a3e-5a10-8b43-94c7b1c3a001")


def delivery(name: str, connector: str = "shop-bot", channel: str = "telegram", minutes: int = 0) -> Delivery:
    """Return a delivery whose id follows from its name."""
    made = uuid5(_NAMES, f"{connector}/{name}")
    return Delivery(made, connector, channel, START + timedelta(minutes=minutes, seconds=2), name.encode())


def customer(*handles: Handle | None, name: str | None = None, role: Role = Role.FROM) -> Party:
    """Return a customer as a party."""
    return party(role, handles, ORGANISATION, name)


def telegram(number: int, proof: Proof = Proof.VIA) -> Handle:
    return handle("telegram", number, proof=proof)


def mobile(written: str, proof: Proof = Proof.CLAIMED) -> Handle:
    found = phone(written, "IR", proof)
    assert found is not None
    return found


def address(written: str, proof: Proof = Proof.CLAIMED) -> Handle:
    found = email(written, proof)
    assert found is not None
    return found


def message(key: str, who: Sequence[Party], text: str = "سلام", minutes: int = 0, **fields: Any) -> InteractionEvent:
    """Return an inbound message of a customer."""
    connector = fields.pop("connector", "shop-bot")
    channel = fields.pop("channel", "telegram")
    change = fields.pop("change", Change.CREATED)
    sent = fields.pop("delivery", None) or delivery(
        f"{key}-{change}-{fields.get('order', '')}", connector, channel, minutes
    )
    return event(
        sent,
        ORGANISATION,
        key=key,
        kind=fields.pop("kind", Kind.MESSAGE),
        direction=fields.pop("direction", Direction.INBOUND),
        occurred_at=START + timedelta(minutes=minutes),
        change=change,
        change_key=fields.get("order", ""),
        parties=tuple(who),
        text=text,
        **fields,
    )


def reading(*events: InteractionEvent, **outcome: Any) -> Reading:
    """Return the reading of the events' delivery."""
    first = events[0]
    sent = Delivery(first.delivery_id, first.connector, first.channel, first.received_at, b"raw")
    return Reading(sent, tuple(events), **outcome)
