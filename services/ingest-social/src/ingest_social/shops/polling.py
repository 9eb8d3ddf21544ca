"""Asking a shop for what was changed: its webhooks are sent once and never again, so this is what loses nothing.

https://woocommerce.github.io/woocommerce-rest-api-docs/#list-all-orders
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from ingest_social.shops.account import ShopAccount
from ingest_social.shops.calling import ask, calling
from peyvand.cursors import Cursor
from peyvand.errors import Unavailable
from peyvand.source import IMPORTED, Arrival, Batch

PAGE = 100
# An order that was being saved while we asked has a time of before; what comes twice is one.
OVERLAP = timedelta(minutes=10)


async def fetch(account: ShopAccount, cursor: Cursor | None) -> AsyncIterator[Batch]:
    """Yield orders for ever, those of one sweep page after page; the first sweep brings what was there before."""
    latest: str | None = (cursor or {}).get("modified")
    async with calling(account) as client:
        while True:
            first, since, number = latest is None, _since(account, latest), 0
            while True:
                number += 1
                orders = await ask(client, "orders", {**_asked(since), "page": number})
                if not isinstance(orders, list):
                    raise Unavailable("the shop answers with no list of orders")
                latest = max([latest or "", *map(_modified, orders)])
                last = len(orders) < PAGE
                # until the sweep is through, what it began at is true
                yield Batch(_arrivals(account, orders, history=first), _cursor(latest if last else since))
                if last:
                    break
            await asyncio.sleep(account.poll_seconds)


def _asked(since: str | None) -> dict[str, str | int]:
    """Return the question; ids do not change while pages are turned, times of change do."""
    asked: dict[str, str | int] = {"per_page": PAGE, "orderby": "id", "order": "asc", "status": "any"}
    return asked if since is None else {**asked, "modified_after": since, "dates_are_gmt": "true"}


def _since(account: ShopAccount, latest: str | None) -> str | None:
    if latest:
        return (datetime.fromisoformat(latest) - OVERLAP).isoformat()
    return None if account.since is None else f"{account.since.isoformat()}T00:00:00"


def _cursor(modified: str | None) -> Cursor:
    return {"modified": modified} if modified else {}


def _modified(order: Any) -> str:
    """Return when an order was changed, as it is asked for, or "" where that cannot be read."""
    try:
        return datetime.fromisoformat(order["date_modified_gmt"]).replace(tzinfo=None).isoformat(timespec="seconds")
    except (KeyError, TypeError, ValueError):
        return ""


def _arrivals(account: ShopAccount, orders: list[Any], *, history: bool) -> tuple[Arrival, ...]:
    now, headers = datetime.now(UTC), {"x-wc-webhook-topic": "order.updated"}
    if history:
        headers[IMPORTED] = "the shop's orders of before"
    return tuple(Arrival(orjson.dumps(order), now, f"{account.url}/#{_place(order)}", headers) for order in orders)


def _place(order: Any) -> str:
    number = order.get("id") if isinstance(order, dict) else None
    return f"{number}:{_modified(order)}"
