"""Asking Rubika every few seconds: an answer is passed by only once it is durable.

https://rubika.ir/botapi/methods
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import orjson

from ingest_social.rubika.account import RubikaAccount
from ingest_social.rubika.calling import Caller, calling
from peyvand.cursors import Cursor
from peyvand.errors import Unavailable
from peyvand.source import Arrival, Batch

LIMIT = 100


async def fetch(account: RubikaAccount, cursor: Cursor | None) -> AsyncIterator[Batch]:
    """Yield updates for ever; being resumed is the proof that the last ones are durable."""
    offset: str | None = (cursor or {}).get("offset_id")
    async with calling(account) as caller:
        while True:
            updates, after = await _updates(caller, offset)
            moved = after is not None and after != offset
            offset = after if moved else offset
            yield Batch(_arrivals(updates), {} if offset is None else {"offset_id": offset})
            if len(updates) < LIMIT or not moved:
                await asyncio.sleep(account.poll_seconds)


async def _updates(caller: Caller, offset: str | None) -> tuple[list[Any], str | None]:
    # the vendor's page calls the cursor start_id; every client in public use sends offset_id, and gets next_offset_id
    found = await caller.ask("getUpdates", limit=LIMIT, **({} if offset is None else {"offset_id": offset}))
    updates, after = found.get("updates") or [], found.get("next_offset_id")
    if not isinstance(updates, list):
        raise Unavailable("Rubika answered getUpdates with no list")
    return updates, str(after) if after else None


def _arrivals(updates: list[Any]) -> tuple[Arrival, ...]:
    now = datetime.now(UTC)
    return tuple(_arrival(update, now) for update in updates)


def _arrival(update: Any, now: datetime) -> Arrival:
    """Return an update in the form in which the vendor also pushes it; updates have no number, so its bytes name it."""
    body = orjson.dumps({"update": update})
    return Arrival(body, now, f"rubika://updates/{hashlib.sha256(body).hexdigest()}")
