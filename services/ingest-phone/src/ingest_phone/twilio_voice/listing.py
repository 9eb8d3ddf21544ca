"""Twilio's list of calls, with the list of recordings beside it: what callbacks have missed, and the call log.

https://www.twilio.com/docs/voice/api/call-resource#read-multiple-call-resources
https://www.twilio.com/docs/voice/api/recording#read-multiple-recording-resources
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from ingest_phone.twilio_voice.callback import CALL, needs_its_call, said_in
from ingest_phone.twilio_voice.settings import Settings
from ingest_phone.twilio_voice.told import time
from peyvand.calling import Caller
from peyvand.cursors import Cursor
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload, SignInFailed, Unavailable
from peyvand.source import Batch
from peyvand.twilio.asking import asking, whose
from peyvand.window import Row, Seen, arrivals, hour

NAME = "twilio_voice"
# Twilio ends each call within 24 hours; what began before is over, and its recordings are there.
LONGEST = timedelta(hours=25)
# So long after its end a call may still gain a recording.
SETTLING = timedelta(hours=1)
# History is asked for by days, so that the recordings of one day are held at once, and a cut costs one day.
DAY = timedelta(days=1)
PAGE = "500"
MOST_PAGES = 400
# Twilio hangs up on a webhook after 15 seconds.
PATIENCE = 8
_OF_A_CALL = (
    "sid", "parent_call_sid", "from", "to", "direction", "status", "start_time", "end_time", "date_created",
    "duration", "answered_by", "caller_name", "forwarded_from",
)  # fmt: skip
_OF_A_RECORDING = ("sid", "source", "status", "duration")
_GOES_ON = {"queued", "initiated", "ringing", "in-progress", "processing", "paused", "stopped"}


async def fetch(account: Settings, cursor: Cursor | None) -> AsyncIterator[Batch]:
    """Yield ended calls for ever, from the cursor or `since` on; those that go on are asked for again."""
    seen, since = Seen(cursor), _since(account, cursor)
    place = f"{NAME}://{account.account_sid}/calls"
    async with asking(account) as caller:
        while True:
            now = datetime.now(UTC)
            until = since + DAY if since + DAY < now - LONGEST else None
            recordings = await _recordings(caller, account, since, until)
            oldest = now - SETTLING
            async for page in _pages(caller, account, "Calls", _between("StartTime", since, until)):
                rows = [_call(row, recordings) for row in page]
                oldest = min([oldest, *(begun for row in rows if (begun := _unfinished(row, now)))])
                fresh = seen.fresh(row for row in rows if row.get("status") not in _GOES_ON)
                yield Batch(arrivals(place, fresh), {**seen.cursor, "since": since.timestamp()})
            since = until or hour(max(oldest, now - LONGEST))
            yield Batch((), {**seen.cursor, "since": since.timestamp()})
            if until is None:
                await asyncio.sleep(account.poll_seconds)


async def follow(delivery: Delivery, account: Settings) -> Delivery:
    """Return a callback with the call that it only names; without it when Twilio does not answer at once."""
    headers = {name: value for name, value in delivery.headers.items() if name != CALL}
    try:
        said = said_in(delivery)
        if needs_its_call(said) and said["CallSid"].isascii() and said["CallSid"].isalnum():
            async with asyncio.timeout(PATIENCE), asking(account) as caller:
                found = caller.read(await caller.ask("GET", f"{account.root}/Calls/{said['CallSid']}.json"))
            headers[CALL] = json.dumps(_kept(found, _OF_A_CALL))
    except (BadPayload, Unavailable, SignInFailed, TimeoutError):
        pass  # Twilio would not call again: the recording stands, and the call's other callbacks tell the rest
    return replace(delivery, headers=headers)


async def check(account: Settings) -> str:
    """Say whose account it is, and how calls come; raises SignInFailed, Unavailable."""
    told = await whose(account)
    if account.mode == "polling":
        return f"{told}; this connector asks Twilio for its list of calls"
    return f"{told}; Twilio calls this connector at server.public_url, which must be the address in Twilio's console"


def _since(account: Settings, cursor: Cursor | None) -> datetime:
    last = (cursor or {}).get("since")
    if isinstance(last, int | float):
        return datetime.fromtimestamp(last, UTC)
    day = account.since
    return datetime(day.year, day.month, day.day, tzinfo=UTC) if day else hour(datetime.now(UTC) - LONGEST)


def _between(field: str, since: datetime, until: datetime | None) -> dict[str, str]:
    """Return the parameters of a span; where Twilio reads the day alone, more is listed, which changes nothing."""
    span = {f"{field}>": f"{since:%Y-%m-%dT%H:%M:%SZ}"}
    return span if until is None else {**span, f"{field}<": f"{until:%Y-%m-%dT%H:%M:%SZ}"}


async def _pages(
    caller: Caller, account: Settings, resource: str, span: Mapping[str, str]
) -> AsyncIterator[list[Mapping[str, Any]]]:
    path: str = f"{account.root}/{resource}.json"
    asked: dict[str, Any] = {"params": {"PageSize": PAGE, **span}}
    for _ in range(MOST_PAGES):
        page = caller.read(await caller.ask("GET", path, **asked))
        rows = page.get(resource.lower())
        yield [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        following, asked = page.get("next_page_uri"), {}
        if not following:
            return
        if not isinstance(following, str) or not following.startswith(account.root):
            raise Unavailable("Twilio names a next page that is not the account's")
        path = following
    raise Unavailable(f"Twilio's list of {resource.lower()} has more than {MOST_PAGES} pages")


async def _recordings(
    caller: Caller, account: Settings, since: datetime, until: datetime | None
) -> dict[str, list[Row]]:
    """Return the recordings of a span's calls by their call, as the list has them: one request for many calls."""
    span = _between("DateCreated", since, until + LONGEST if until else None)
    found: dict[str, list[Row]] = {}
    async for page in _pages(caller, account, "Recordings", span):
        for row in page:
            found.setdefault(str(row.get("call_sid")), []).append(_kept(row, _OF_A_RECORDING))
    return found


def _call(row: Mapping[str, Any], recordings: Mapping[str, list[Row]]) -> Row:
    own = sorted(recordings.get(str(row.get("sid")), ()), key=lambda one: str(one.get("sid")))
    return {**_kept(row, _OF_A_CALL), "recordings": own} if own else _kept(row, _OF_A_CALL)


def _kept(row: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Return what is read of a row: the rest changes when the bill is written."""
    return {name: row[name] for name in names if row.get(name) is not None}


def _unfinished(row: Row, now: datetime) -> datetime | None:
    """Return when a call began that goes on, or that ended so late that its recordings may still come."""
    try:
        begin, end = time(row.get("start_time") or row.get("date_created")), time(row.get("end_time"))
    except BadPayload:
        return None
    goes_on = row.get("status") in _GOES_ON or any(one.get("status") in _GOES_ON for one in row.get("recordings", ()))
    return begin if goes_on or (end is not None and end > now - SETTLING) else None
