"""Twilio's list of messages: what calls have missed, and our own half of each conversation.

https://www.twilio.com/docs/messaging/api/message-resource#read-multiple-message-resources
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

from ingest_social.twilio.reading import NAME
from peyvand.calling import Caller
from peyvand.cursors import Cursor
from peyvand.source import Batch
from peyvand.twilio.account import TwilioAccount
from peyvand.twilio.asking import asking, whose
from peyvand.window import MOST_PAGES, Row, Seen, arrivals, hour

# A message is listed under the day on which it was sent, and its status may still change on the next.
BACK = timedelta(days=1)
# They change when the bill is written, and say nothing about the message.
_OF_THE_BILL = ("price", "price_unit", "date_updated")


async def fetch(account: TwilioAccount, cursor: Cursor | None) -> AsyncIterator[Batch]:
    """Yield new and changed messages for ever, from the day before the last answer on."""
    seen, last = Seen(cursor), _last(cursor)
    async with asking(account) as caller:
        while True:
            now = datetime.now(UTC)
            path = f"{account.root}/Messages.json"
            asked: dict[str, Any] = {"params": {"PageSize": "200", "DateSent>": f"{last - BACK:%Y-%m-%d}"}}
            for _ in range(MOST_PAGES):
                page = caller.read(await caller.ask("GET", path, **asked))
                fresh = seen.fresh([_row(row) for row in _rows(page)])
                whole = [(digest, await _with_media(caller, account, row)) for digest, row in fresh]
                place = f"{NAME}://{account.account_sid}/messages"
                yield Batch(arrivals(place, whole), {**seen.cursor, "last": last.timestamp()})
                following = str(page.get("next_page_uri") or "")
                if not following.startswith(account.root):
                    break
                path, asked = following, {}
            last = hour(now)
            yield Batch((), {**seen.cursor, "last": last.timestamp()})
            await asyncio.sleep(account.poll_seconds)


async def check(account: TwilioAccount) -> str:
    """Say whose account it is; raises SignInFailed."""
    ways = "is called by Twilio" if account.mode == "webhook" else "asks Twilio for its list"
    return f"{await whose(account)}; this connector {ways}"


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
