"""Long polling: an update is confirmed to the vendor only by asking for the one after it, once it is durable.

https://core.telegram.org/bots/api#getupdates
"""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import orjson

from ingest_social.bots.account import BotAccount
from ingest_social.bots.calling import Caller, calling
from ingest_social.bots.dialect import Dialect
from peyvand.cursors import Cursor
from peyvand.errors import Unavailable
from peyvand.source import Arrival, Batch

# A repetition lies close below the last update; a number far below means that the vendor has begun to count anew,
# which Telegram does after a week without updates.
REPEATED_WITHIN = 1000
# Between two answers that only repeat: the vendor does not wait by itself then.
PAUSE = 1.0


async def fetch(dialect: Dialect, account: BotAccount, cursor: Cursor | None) -> AsyncIterator[Batch]:
    """Yield updates for ever; being resumed is the proof that the last ones are durable."""
    offset: int | None = (cursor or {}).get("offset")
    async with calling(account, dialect) as caller:
        while True:
            updates = await _updates(caller, account, offset)
            fresh = [u for u in updates if not (dialect.repeats and _repeated(u, offset))]
            known = [n for n in map(_number, fresh) if n is not None]
            after = max(known) + 1 if known else offset
            yield Batch(_arrivals(account, dialect, fresh), {} if after is None else {"offset": after})
            if updates and not known:
                await asyncio.sleep(PAUSE)
            offset = after


async def _updates(caller: Caller, account: BotAccount, offset: int | None) -> list[Any]:
    wait, asked = account.poll_seconds, list(caller.dialect.asked) or None
    # without an offset none is sent: Bale answers offset=0 with its last update again
    found = await caller.ask("get_Updates", wait, offset=offset, timeout=wait, limit=100, allowed_updates=asked)
    if not isinstance(found, list):
        raise Unavailable(f"{caller.dialect.vendor} answered getUpdates with no list")
    return found


def _number(update: Any) -> int | None:
    try:
        return int(update["update_id"])
    except (KeyError, TypeError, ValueError):
        return None


def _repeated(update: Any, offset: int | None) -> bool:
    number = _number(update)
    return offset is not None and number is not None and offset - REPEATED_WITHIN <= number < offset


def _arrivals(account: BotAccount, dialect: Dialect, updates: list[Any]) -> tuple[Arrival, ...]:
    now = datetime.now(UTC)
    return tuple(_arrival(f"{dialect.name}://{account.bot_id}/updates/", update, now) for update in updates)


def _arrival(address: str, update: Any, now: datetime) -> Arrival:
    try:
        body = orjson.dumps(update)
    except TypeError:
        # half a surrogate pair, or a number beyond 64 bits: reading it will tell what it is worth
        body = json.dumps(update).encode()
    number, digest = _number(update), hashlib.sha256(body).hexdigest()
    # the digest is part of the place: a vendor that counts anew gives an old number to another update
    return Arrival(body, now, f"{address}{digest if number is None else f'{number}:{digest[:8]}'}")
