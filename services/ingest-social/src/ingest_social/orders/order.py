"""The rows of one order as a purchase."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from ingest_social.money import money
from ingest_social.orders.account import OrdersAccount
from ingest_social.orders.columns import columns_of
from ingest_social.orders.moment import moment
from peyvand.delivery import Delivery, canonical_json
from peyvand.errors import BadPayload
from peyvand.event import Change, Direction, InteractionEvent, Kind, Party, Purchase, Role, event, party
from peyvand.identity import Handle, Organisation, crm, email, latin_digits, phones
from peyvand.identity.writing import without_unseen

FAMILY = "shop"
_LONGEST = 500
_MOST_ROWS = 200


class Rows(BaseModel):
    """One order: its rows by heading, and how they are read where the settings do not say it.

    `again`: the order was brought in before, so this is what it has become.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: tuple[Mapping[str, str], ...] = Field(min_length=1, max_length=_MOST_ROWS)
    columns: Mapping[str, str] = {}
    currency: str | None = None
    timezone: str | None = None
    again: bool = False


def order_event(delivery: Delivery, rows: Rows, account: OrdersAccount, organisation: Organisation) -> InteractionEvent:
    """Return an order; raises BadPayload that says in words what cannot be read."""
    columns = columns_of(list(rows.rows[0]), {**account.columns, **rows.columns})
    told = {field: _first(rows.rows, heading) for field, heading in columns.items()}
    source = account.source or delivery.connector
    number = latin_digits(without_unseen(told["number"])).strip()
    if not number or len(number) > 200:
        raise BadPayload("it has no order number")
    key = f"{source}:{number}"
    zone = rows.timezone or account.timezone
    return event(
        delivery,
        organisation,
        key=key,
        family=FAMILY,
        kind=Kind.PURCHASE,
        direction=Direction.INBOUND,
        occurred_at=moment(told["date"], zone) if told.get("date") else None,
        parties=(_customer(told, source, organisation),),
        message_key=key,
        text=told.get("note") or None,
        purchase=_purchase(number, told, rows, columns, account),
        **_change(delivery, rows),
    )


def _change(delivery: Delivery, rows: Rows) -> dict[str, Any]:
    if not rows.again:
        return {}
    content = hashlib.sha256(canonical_json([dict(row) for row in rows.rows])).hexdigest()
    return {"change": Change.EDITED, "change_key": content, "order": delivery.received_at.isoformat()}


def _first(rows: Sequence[Mapping[str, str]], heading: str) -> str:
    """Return what a column says first: shops' exports leave it out in the further rows of one order."""
    return next((row[heading].strip() for row in rows if row.get(heading, "").strip()), "")


def _customer(told: Mapping[str, str], source: str, organisation: Organisation) -> Party:
    handles: list[Handle | None] = [
        crm(told["customer"], source) if told.get("customer") else None,
        *phones(told.get("phone", ""), organisation.region),
        email(told["email"]) if told.get("email") else None,
    ]
    strange = [h for h in handles if h and not organisation.owns(h)]
    return party(Role.FROM, strange or handles, organisation, " ".join(told.get("name", "").split())[:_LONGEST])


def _purchase(
    number: str, told: Mapping[str, str], rows: Rows, columns: Mapping[str, str], account: OrdersAccount
) -> Purchase:
    unit = told.get("currency") or rows.currency or account.currency or ""
    total, currency = money(told["total"], unit) if told.get("total") else (None, None)
    lines = tuple(_lines(rows.rows, columns))
    return Purchase(number=number, state=told.get("state", ""), total=total, currency=currency, lines=lines)


def _lines(rows: Sequence[Mapping[str, str]], columns: Mapping[str, str]) -> Iterator[str]:
    for row in rows:
        name = row.get(columns.get("line", ""), "").strip()
        count = latin_digits(row.get(columns.get("quantity", ""), "").strip())
        if name:
            yield name[:_LONGEST] if count in ("", "1") else f"{name[:_LONGEST]} × {count[:20]}"
