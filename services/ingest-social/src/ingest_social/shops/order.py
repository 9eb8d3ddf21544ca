"""An order of WooCommerce (REST API v3, which its webhooks send too) as a purchase.

https://woocommerce.github.io/woocommerce-rest-api-docs/#order-properties
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from ingest_social.money import money
from ingest_social.shops.account import ShopAccount
from peyvand.delivery import Delivery
from peyvand.event import Change, Direction, InteractionEvent, Kind, Party, Purchase, Role, event, party
from peyvand.identity import Handle, Organisation, Proof, crm, email, phones
from peyvand.source import unreadable

FAMILY = "shop"
# Of a cart with more lines the first ones are told, and how many there are more.
MOST_LINES = 100
_LONGEST = 500
_ORDERED = "%Y-%m-%dT%H:%M:%S"


class Billing(BaseModel):
    first_name: str = ""
    last_name: str = ""
    company: str = ""
    email: str = ""
    phone: str = ""


class Line(BaseModel):
    name: str = ""
    quantity: Decimal = Decimal(1)


class Order(BaseModel):
    """What we read of an order; times are those in GMT, the others are the shop's wall clock."""

    id: int
    number: str | int | None = None
    status: str = ""
    currency: str = ""
    total: str | None = None
    date_created_gmt: datetime | None = None
    date_modified_gmt: datetime | None = None
    customer_id: int = 0
    customer_note: str = ""
    billing: Billing = Field(default_factory=Billing)
    line_items: tuple[Line, ...] = ()


def deleted(delivery: Delivery, account: ShopAccount, organisation: Organisation, number: int) -> InteractionEvent:
    """Return that an order went to the bin; the shop says no more than its id, and not when."""
    return event(
        delivery,
        organisation,
        key=f"{account.host}:{number}",
        family=FAMILY,
        kind=Kind.PURCHASE,
        direction=Direction.INBOUND,
        occurred_at=None,
        change=Change.DELETED,
        order=f"{delivery.received_at:{_ORDERED}}",
    )


def order_events(
    delivery: Delivery, account: ShopAccount, organisation: Organisation, *, restored: bool = False
) -> Sequence[InteractionEvent]:
    """Return an order as it was first seen, and as it is now where it has changed since; raises BadPayload.

    A shop sends the whole order each time, whatever happened, and not always in order: the later modification stands.
    One that is back from the bin has no time of that, so its receipt says that it came after the deletion.
    """
    try:
        order = Order.model_validate(delivery.json())
    except ValidationError as error:
        raise unreadable(error) from error
    created, modified = _utc(order.date_created_gmt), _utc(order.date_modified_gmt)
    known = _known(order, delivery, account, organisation)
    first = event(delivery, organisation, occurred_at=created, **known)
    if modified is None or (created is not None and modified <= created and not restored):
        return [first]
    change_key = f"{modified:{_ORDERED}}\x1f{order.status}" + "\x1frestored" * restored
    after = max(modified, delivery.received_at) if restored else modified
    change: dict[str, Any] = {
        "change": Change.EDITED,
        "change_key": change_key,
        "order": f"{after:{_ORDERED}} {order.status}",
    }
    return [first, event(delivery, organisation, occurred_at=modified, **change, **known)]


def _known(order: Order, delivery: Delivery, account: ShopAccount, organisation: Organisation) -> dict[str, Any]:
    key = f"{account.host}:{order.id}"
    return {
        "key": key,
        "family": FAMILY,
        "kind": Kind.PURCHASE,
        "direction": Direction.INBOUND,
        "parties": (_customer(order, account, organisation),),
        "message_key": key,
        "text": order.customer_note.strip() or None,
        "purchase": _purchase(order, account),
    }


def _utc(at: datetime | None) -> datetime | None:
    """Return a GMT time, which the shop writes without a zone."""
    return None if at is None else at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _customer(order: Order, account: ShopAccount, organisation: Organisation) -> Party:
    """Return who bought: the number is the shop's own word, address and phone are what was typed there."""
    billing = order.billing
    handles: list[Handle | None] = [
        crm(order.customer_id, account.source or account.host, Proof.VIA) if order.customer_id else None,
        *phones(billing.phone, organisation.region),
        email(billing.email) if billing.email else None,
    ]
    name = " ".join(f"{billing.first_name} {billing.last_name}".split()) or billing.company.strip()
    strange = [h for h in handles if h and not organisation.owns(h)]
    return party(Role.FROM, strange or handles, organisation, name[:_LONGEST])


def _purchase(order: Order, account: ShopAccount) -> Purchase:
    total, currency = (None, None) if order.total is None else money(order.total, account.currency or order.currency)
    lines = [_line(line) for line in order.line_items[:MOST_LINES]]
    if (left := len(order.line_items) - MOST_LINES) > 0:
        lines.append(f"+ {left}")
    number = order.id if order.number in (None, "") else order.number
    return Purchase(number=str(number), state=order.status, total=total, currency=currency, lines=tuple(lines))


def _line(line: Line) -> str:
    name = line.name.strip()[:_LONGEST]
    return name if line.quantity == 1 else f"{name} × {line.quantity.normalize():f}"
