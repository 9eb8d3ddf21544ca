"""Asking Melipayamak for its lists, and for the number of a message that it has called with.

https://www.melipayamak.com/api/getmessages/
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, Literal

from pydantic import SecretStr, ValidationError, model_validator

from ingest_social.panels.melipayamak import NUMBER, Push, Row, is_same
from ingest_social.sms.account import Panel
from ingest_social.vendors.posted import parameters
from peyvand.calling import Caller, Vendor, calling
from peyvand.cursors import Cursor
from peyvand.delivery import Delivery
from peyvand.errors import BadPayload, SignInFailed, Unavailable
from peyvand.source import Batch
from peyvand.window import MOST_PAGES, PAGE, Seen, arrivals

NAME = "melipayamak"
MELIPAYAMAK = Vendor("Melipayamak", "copy user name and password (the API key) again from its panel")
Location = Literal[1, 2]
LISTS: tuple[tuple[Location, str], ...] = ((1, "received"), (2, "sent"))
# A call waits for its answer: what the panel cannot say within this is stored without.
SECONDS_FOR_A_CALL = 4.0
AMONG = 30


class MelipayamakAccount(Panel):
    """One account at Melipayamak; one that is only called needs no user name."""

    username: str | None = None
    password: SecretStr | None = None
    sent: bool = True
    base_url: str = "https://rest.payamak-panel.com"

    @model_validator(mode="after")
    def _signs_in(self) -> "MelipayamakAccount":
        if self.mode == "polling" and not (self.username and self.password):
            raise ValueError("username, password: are missing; they sign in to the panel")
        return self


async def fetch(account: MelipayamakAccount, cursor: Cursor | None) -> AsyncIterator[Batch]:
    """Yield new messages of both lists for ever, page by page until a page has nothing new."""
    seen = Seen(cursor)
    async with calling(MELIPAYAMAK, account.base_url, account.proxy) as caller:
        while True:
            for location, name in LISTS if account.sent else LISTS[:1]:
                for page in range(MOST_PAGES):
                    fresh = seen.fresh(await _messages(caller, account, location, page * PAGE, PAGE))
                    yield Batch(arrivals(f"{NAME}://{account.username}/{name}", fresh), seen.cursor)
                    if not fresh:
                        break
            await asyncio.sleep(account.poll_seconds)


async def follow(delivery: Delivery, account: MelipayamakAccount) -> Delivery:
    """Return a call with the panel's own number of its message, when exactly one in the inbox is its message.

    A panel that does not answer costs the message nothing but that number.
    """
    # only we may say it: whoever calls could name another message's
    delivery = replace(delivery, headers={k: v for k, v in delivery.headers.items() if k != NUMBER})
    if not (account.username and account.password):
        return delivery
    try:
        push = Push.model_validate(parameters(delivery))
        async with asyncio.timeout(SECONDS_FOR_A_CALL):
            async with calling(MELIPAYAMAK, account.base_url, account.proxy) as caller:
                rows = await _messages(caller, account, 1, 0, AMONG)
    except (ValidationError, BadPayload, Unavailable, SignInFailed, TimeoutError):
        return delivery
    numbers = {row.number for row in _readable(rows) if is_same(push, row)}
    return replace(delivery, headers={**delivery.headers, NUMBER: numbers.pop()}) if len(numbers) == 1 else delivery


async def check(account: MelipayamakAccount) -> str:
    """Say what the account has left; raises SignInFailed."""
    if not (account.username and account.password):
        return "ready to be called; without username and password copies of a message cannot be told apart"
    async with calling(MELIPAYAMAK, account.base_url, account.proxy) as caller:
        answer = await _asked(caller, account, "GetCredit", {})
    way = "reads its lists" if account.mode == "polling" else "is called by it"
    return f"Melipayamak answers; credit {answer.get('Value') or 'unknown'}; this connector {way}"


def _readable(rows: list[Any]) -> list[Row]:
    found = []
    for row in rows:
        try:
            found.append(Row.model_validate(row))
        except ValidationError:
            continue
    return found


async def _messages(
    caller: Caller, account: MelipayamakAccount, location: Location, index: int, count: int
) -> list[Any]:
    more = {"location": location, "from": "", "index": index, "count": count}
    rows = (await _asked(caller, account, "GetMessages", more)).get("Data")
    return rows if isinstance(rows, list) else []


async def _asked(caller: Caller, account: MelipayamakAccount, method: str, more: dict[str, Any]) -> dict[str, Any]:
    """Return an answer that says Ok; the panel answers 200 whatever it says."""
    password = account.password.get_secret_value() if account.password else ""
    body = {"username": account.username, "password": password, **more}
    answer = caller.read(await caller.ask("POST", f"/api/SendSMS/{method}", json=body))
    base = answer.get("MyBase")
    said = base if isinstance(base, dict) else answer
    if (status := said.get("RetStatus")) != 1:
        told = status if isinstance(status, int) else "nothing that we know"
        raise SignInFailed(f"Melipayamak says no ({told}): {MELIPAYAMAK.refused}")
    return answer
