"""The same delivery five times at once, through every channel."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import httpx

from chaos.entries import Customer, Entry, now
from chaos.installation import HOOK_SECRET, Installation
from chaos.website import CONNECTOR, form
from standalone.signing import signed

FIVE = 5
HOOK = "shop-hook"


def five_times_each(running: Installation, urls: Sequence[str], number: int) -> set[int]:
    """Have one new delivery of every channel arrive five times at once; return what the called ones were answered."""
    running.calls.write_again(FIVE)
    running.chats.send_again(FIVE)
    running.mailbox.deliver(FIVE)
    return {*_forms(running, urls, number), *_updates(running, urls, number)}


def _forms(running: Installation, urls: Sequence[str], number: int) -> list[int]:
    customer, entry = Customer.of(number), Entry(now(), "web", f"form {number}, five times")
    body, key = form(customer, entry), f"five_{number}"
    running.ledger.expect(customer, entry)
    running.ledger.delivered(CONNECTOR)
    return _at_once(urls, CONNECTOR, body, signed(key, body))


def _updates(running: Installation, urls: Sequence[str], number: int) -> list[int]:
    customer, entry = Customer.of(number), Entry(now(), "telegram", f"hook {number}, five times")
    running.ledger.expect(customer, entry)
    running.ledger.delivered(HOOK)
    body = httpx.Request("POST", "http://vendor", json=_update(customer, entry.at, entry.said, number)).content
    headers = {"x-telegram-bot-api-secret-token": HOOK_SECRET, "content-type": "application/json"}
    return _at_once(urls, HOOK, body, headers)


def _update(customer: Customer, at: datetime, text: str, number: int) -> dict[str, object]:
    who = {"id": customer.telegram, "is_bot": False, "first_name": customer.name}
    chat = {**who, "type": "private"}
    said = {"message_id": number, "date": int(at.timestamp()), "from": who, "chat": chat, "text": text}
    return {"update_id": number, "message": said}


def _at_once(urls: Sequence[str], connector: str, body: bytes, headers: dict[str, str]) -> list[int]:
    """Post to copies in turn, all five before any has answered."""

    def post(n: int) -> int:
        address = f"{urls[n % len(urls)]}/webhooks/{connector}"
        return httpx.post(address, content=body, headers=headers, timeout=30, trust_env=False).status_code

    with ThreadPoolExecutor(FIVE) as together:
        return list(together.map(post, range(FIVE)))
