"""Asking sms.ir for its reports: today's again and again, those of the days before at each start and each new day.

`receive/latest` gives each message once and never again, so nothing rests on it. https://apidocs.sms.ir/
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import Field, SecretStr

from ingest_social.sms.account import Panel
from peyvand.calling import Caller, Vendor, calling
from peyvand.cursors import Cursor
from peyvand.delivery import canonical_json
from peyvand.errors import SignInFailed, Unavailable
from peyvand.source import Batch
from peyvand.window import MOST_PAGES, PAGE, Row, Seen, arrivals, hour

NAME = "smsir"
SMSIR = Vendor("sms.ir", "copy the API key again from its panel (developers)", telling=(400, 401))
NOT_OURS = {
    10: "the API key is wrong",
    11: "the API key is switched off",
    12: "the API key is for other addresses",
    13: "the account is switched off",
    14: "the account is suspended",
    15: "the plan has no web service",
}
TOO_MANY = 20
# What the days before hold is asked from a little before the last answer on: a report settles over night.
BACK = timedelta(days=2)


class SmsIrAccount(Panel):
    """One account at sms.ir; `sent` reads what was sent, too."""

    api_key: SecretStr = Field(min_length=16)
    sent: bool = True
    base_url: str = "https://api.sms.ir"


@dataclass(frozen=True, slots=True)
class Report:
    """One of the panel's reports: what it is of, and how it is asked for."""

    of: str
    path: str
    query: dict[str, Any]


async def fetch(account: SmsIrAccount, cursor: Cursor | None) -> AsyncIterator[Batch]:
    """Yield new and changed messages for ever."""
    seen, last, day = Seen(cursor), _last(cursor), ""
    async with _calling(account) as caller:
        while True:
            now = datetime.now(UTC)
            for report in _reports(account, last if f"{now:%j}" != day else None):
                async for fresh in _fresh(caller, report, seen):
                    place = f"{NAME}://{report.of}"
                    yield Batch(arrivals(place, fresh), {**seen.cursor, "last": last.timestamp()})
            last, day = hour(now), f"{now:%j}"
            yield Batch((), {**seen.cursor, "last": last.timestamp()})
            await asyncio.sleep(account.poll_seconds)


async def check(account: SmsIrAccount) -> str:
    """Say what the account has left; raises SignInFailed."""
    async with _calling(account) as caller:
        answer = await _asked(caller, "/v1/credit", {})
    credit = answer.get("data")
    return f"sms.ir answers; credit {credit if isinstance(credit, int | float) else 'unknown'}"


def _calling(account: SmsIrAccount) -> Any:
    headers = {"X-API-KEY": account.api_key.get_secret_value(), "Accept": "application/json"}
    return calling(SMSIR, account.base_url, account.proxy, headers=headers)


def _last(cursor: Cursor | None) -> datetime:
    last = (cursor or {}).get("last")
    return datetime.fromtimestamp(last, UTC) if isinstance(last, int | float) else datetime.now(UTC)


def _reports(account: SmsIrAccount, since: datetime | None) -> list[Report]:
    """Return today's reports, and those of the days before when something there may be missing."""
    found = [Report("received", "/v1/receive/live", {"sortByNewest": "true"})]
    if account.sent:
        found.append(Report("sent", "/v1/send/live", {}))
    if since is None:
        return found
    query = {"fromDate": int((since - BACK).timestamp())}
    return [*(Report(r.of, r.path.replace("live", "archive"), query) for r in found), *found]


async def _fresh(caller: Caller, report: Report, seen: Seen) -> AsyncIterator[list[tuple[str, Row]]]:
    """Yield what is new on each page of a report, to its end: what changes stands on any of them."""
    same: Counter[bytes] = Counter()
    for number in range(1, MOST_PAGES + 1):
        rows = (await _asked(caller, report.path, {**report.query, "pageSize": PAGE, "pageNumber": number})).get("data")
        if not isinstance(rows, list) or not rows:
            return
        yield seen.fresh([_row(row, report.of, same) for row in rows])
        if len(rows) < PAGE:
            return


def _row(row: Any, of: str, same: Counter[bytes]) -> Row:
    """Return what tells of a message; of equal ones within a second each further one is numbered."""
    if not isinstance(row, dict):
        return {"row": row}
    told = {k: v for k, v in row.items() if k not in ("cost", "receiveReturnId")}
    if of != "received":
        return told
    written = canonical_json(told)
    same[written] += 1
    return told if same[written] == 1 else {**told, "peyvandCopy": same[written]}


async def _asked(caller: Caller, path: str, query: dict[str, Any]) -> dict[str, Any]:
    answer = caller.read(await caller.ask("GET", path, params=query))
    status = answer.get("status")
    if status in NOT_OURS:
        raise SignInFailed(f"sms.ir says no ({status}): {NOT_OURS[status]}")
    if status == TOO_MANY:
        raise Unavailable("sms.ir asks us to come less often; again in 60 s", 60)
    if status != 1:
        raise Unavailable(f"sms.ir says {status if isinstance(status, int) else 'nothing that we know'}")
    return answer
