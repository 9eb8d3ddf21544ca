"""Twilio's list of messages: what calls have missed, and our own half of each conversation.

https://www.twilio.com/docs/messaging/api/message-resource#read-multiple-message-resources
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from ingest_social.sms.window import MOST_PAGES, Row, Seen, arrivals, hour
from ingest_social.twilio.account import TwilioAccount
from ingest_social.twilio.reading import NAME
from ingest_social.vendors.calling import Caller, Vendor, calling
from peyvand.cursors import Cursor
from peyvand.source import Batch

TWILIO = Vendor("Twilio", "copy Account SID and Auth Token again from the Twilio console")
# A message is listed under the day on which it was sent, and its status may still change on the next.
BACK = timedelta(days=1)
# They change when the bill is written, and say nothing about the message.
_OF_THE_BILL = ("price", "price_unit", "date_updated")


async def fetch(account: TwilioAccount, cursor: Cursor | None) -> AsyncIterator[Batch]:
    """Yield new and changed messages for ever, from the day before the last answer on."""
    seen, last = Seen(cursor), _last(cursor)
    async with _calling(account) as caller:
        while True:
            now = datetime.now(UTC)
            path: str | None = f"{account.root}/Messages.json"
            asked: dict[str, Any] = {"params": {"PageSize": "200", "DateSent>": f"{last - BACK:%Y-%m-%d}"}}
            for _ in range(MOST_PAGES):
                page = caller.read(await caller.ask("GET", path, **asked))
                fresh = seen.fresh([_row(row) for row in _rows(page)])
                whole = [(digest, await _with_media(caller, account, row)) for digest, row in fresh]
                place = f"{NAME}://{account.account_sid}/messages"
                yield Batch(arrivals(place, whole), {**seen.cursor, "last": last.timestamp()})
                path, asked = page.get("next_page_uri"), {}
                if not path or not path.startswith(account.root):
                    break
            last = hour(now)
            yield Batch((), {**seen.cursor, "last": last.timestamp()})
            await asyncio.sleep(account.poll_seconds)


async def check(account: TwilioAccount) -> str:
    """Say whose account it is; raises SignInFailed."""
    async with _calling(account) as caller:
        found = caller.read(await caller.ask("GET", f"{account.root}.json"))
    name, status = str(found.get("friendly_name") or "the account"), str(found.get("status") or "unknown")
    ways = "is called by Twilio" if account.mode == "webhook" else "asks Twilio for its list"
    return f"Twilio answers for {name} ({status}); this connector {ways}"


def _calling(account: TwilioAccount) -> Any:
    return calling(TWILIO, account.base_url, account.proxy, auth=httpx.BasicAuth(*account.credentials))


def _last(cursor: Cursor | None) -> datetime:
    last = (cursor or {}).get("last")
    return datetime.fromtimestamp(last, UTC) if isinstance(last, int | float) else datetime.now(UTC)


def _rows(page: dict[str, Any]) -> list[Any]:
    rows = page.get("messages")
    return rows if isinstance(rows, list) else []


def _row(row: Any) -> Row:
    return {k: v for k, v in row.items() if k not in _OF_THE_BILL} if isinstance(row, dict) else {"row": row}


async def _with_media(caller: Caller, account: TwilioAccount, row: Row) -> Row:
    """Return a row with the list of its files, which stands on a page of its own."""
    if str(row.get("num_media") or "0") == "0":
        return row
    found = caller.read(await caller.ask("GET", f"{account.root}/Messages/{row.get('sid')}/Media.json"))
    listed = found.get("media_list")
    return {**row, "media": listed if isinstance(listed, list) else []}
