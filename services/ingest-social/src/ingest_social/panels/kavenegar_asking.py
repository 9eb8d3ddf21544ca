"""Asking Kavenegar: an answer of its inbox marks what it holds as read, so it is durable before the next ask.

https://kavenegar.com/rest.html#sms-receive
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from pydantic import Field, SecretStr

from ingest_social.panels.kavenegar import entries, is_readable
from ingest_social.sms.account import Lines, Panel
from peyvand.calling import Caller, Vendor, calling
from peyvand.cursors import Cursor
from peyvand.errors import SignInFailed, Unavailable
from peyvand.source import Arrival, Batch
from peyvand.window import MOST_PAGES, Seen, arrivals

NAME = "kavenegar"
KAVENEGAR = Vendor("Kavenegar", "copy the API key again from its panel", telling=range(400, 500))
# The panel's own codes in an answer: https://kavenegar.com/rest.html#result-general
NOT_OURS = {401: "the account is switched off", 403: "the API key is wrong", 407: "the account does not allow it from"
            " this address, or needs it switched on in the panel"}  # fmt: skip


class KavenegarAccount(Panel):
    """One account at Kavenegar; `lines` are those whose inbox is read, `sent` reads the outbox too."""

    api_key: SecretStr = Field(min_length=16)
    lines: Lines = ()
    sent: bool = True
    base_url: str = "https://api.kavenegar.com"


async def fetch(account: KavenegarAccount, cursor: Cursor | None) -> AsyncIterator[Batch]:
    """Yield messages for ever. At each start the last hundred that are marked as read come first.

    An answer that was lost on its way to us, or with us, holds a hundred at most, and those are its messages.
    """
    seen = Seen(cursor)
    async with _calling(account) as caller:
        for line in account.lines:
            rows = seen.fresh(entries(caller.read(await _receive(caller, line, read=True))))
            yield Batch(_each(line, "read", rows), seen.cursor)
        while True:
            for line in account.lines:
                for _ in range(MOST_PAGES):
                    arrived = _unread(line, await _receive(caller, line, read=False), caller, seen)
                    yield Batch(arrived, seen.cursor)
                    if not arrived:
                        break
            rows, trouble = await _sent(caller, account, seen)
            yield Batch(arrivals(f"{NAME}://account/sent", rows), seen.cursor, trouble)
            await asyncio.sleep(account.poll_seconds)


async def check(account: KavenegarAccount) -> str:
    """Say what the account has left; raises SignInFailed."""
    async with _calling(account) as caller:
        answer = caller.read(await caller.ask("GET", "account/info.json"))
    _require_good(answer)
    found = entries({"entries": [answer["entries"]]}) if isinstance(answer.get("entries"), dict) else entries(answer)
    credit = found[0].get("remaincredit") if found and isinstance(found[0], dict) else "unknown"
    lines = ", ".join(account.lines) or "no line: name them in lines"
    way = f"reads {lines}" if account.mode == "polling" else "is called by Kavenegar"
    return f"Kavenegar answers; credit {credit} rials; this connector {way}"


def _calling(account: KavenegarAccount) -> Any:
    key = account.api_key.get_secret_value()
    return calling(KAVENEGAR, f"{account.base_url}/v1/{key}/", account.proxy)


async def _receive(caller: Caller, line: str, *, read: bool) -> bytes:
    return await caller.ask("GET", "sms/receive.json", params={"linenumber": line, "isread": "1" if read else "0"})


def _unread(line: str, answer: bytes, caller: Caller, seen: Seen) -> tuple[Arrival, ...]:
    """Return an answer as it came, and beside it what in it cannot be read; nothing of one without news."""
    whole = Arrival(answer, datetime.now(UTC), f"{NAME}://{line}/receive/{hashlib.sha256(answer).hexdigest()[:32]}")
    try:
        read = caller.read(answer)
    except Unavailable:
        if answer.lstrip().startswith(b"{"):  # broken, and what it held is marked as read: kept for repair
            return (whole,)
        raise
    _require_good(read)
    rows = seen.fresh(found := entries(read))
    odd = [row for row in rows if not is_readable(row[1])]
    beside = _each(line, "odd", odd) if len(odd) < len(found) else ()
    return (whole, *beside) if rows else ()


def _each(line: str, why: str, rows: list[tuple[str, Any]]) -> tuple[Arrival, ...]:
    return arrivals(f"{NAME}://{line}/{why}", [(digest, {"entries": [row]}) for digest, row in rows])


async def _sent(caller: Caller, account: KavenegarAccount, seen: Seen) -> tuple[list[tuple[str, Any]], str | None]:
    """Return what is new in the outbox, and what is wrong with it: the inbox goes on without it."""
    if not account.sent:
        return [], None
    answer = caller.read(await caller.ask("GET", "sms/latestoutbox.json", params={"pagesize": "500"}))
    try:
        _require_good(answer)
    except SignInFailed as error:
        return [], f"what we send is not seen: {error}"
    return seen.fresh(entries(answer)), None


def _require_good(answer: dict[str, Any]) -> None:
    said = answer.get("return")
    status = said.get("status") if isinstance(said, dict) else None
    if status in NOT_OURS:
        raise SignInFailed(f"Kavenegar says no ({status}): {NOT_OURS[status]}")
    if status != 200:
        raise Unavailable(f"Kavenegar says {status if isinstance(status, int) else 'nothing that we know'}")
