"""Deliveries as a store accounts for them, in few words."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from fakes.sayings import NOON
from peyvand.delivery import Delivery
from peyvand.event import InteractionEvent
from timeline.deliveries import Accounted

_SPACE = UUID("5d4f6f1e-0c37-5b0c-8a54-6e1b8f5a7c12")
WHY = "the line has 9 columns, 18 are expected"


def arrived(name: str, connector: str = "pbx", channel: str = "asterisk", **more: Any) -> Delivery:
    """Return a delivery whose id and body follow from its name."""
    at: datetime = more.pop("at", NOON)
    return Delivery(uuid5(_SPACE, name), connector, channel, at, more.pop("body", name.encode()), **more)


def kept(name: str, connector: str = "pbx", late: int = 0, why: str = WHY, **more: Any) -> Accounted:
    """Return a delivery that could not be read, `late` minutes after noon."""
    return Accounted(arrived(name, connector, at=NOON + timedelta(minutes=late), **more), "kept", why=why)


def behind(event: InteractionEvent, body: bytes, **more: Any) -> Accounted:
    """Return the delivery that an event came from."""
    sent = Delivery(event.delivery_id, event.connector, event.channel, event.received_at, body, **more)
    return Accounted(sent, "stored", events=(event,))
