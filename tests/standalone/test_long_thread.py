"""A thread of sixty mails with branches, out of order and from two mailboxes, as it is seen on a customer's page."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from mailing import CUSTOMER, mail
from parts.dovecot import Dovecot
from parts.loopback import wait_until
from standalone.killing import books
from standalone.running import installed

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]

COUNT, BRANCHES = 60, 3
LATE = 41  # stands in the middle of a branch, and comes last
# Mails that came today; of one that took weeks the arrival counts and not what its sender says.
BEGINNING = datetime.now(UTC) - timedelta(hours=2)


def subject(number: int) -> str:
    return f"موضوع {number}"


def parent(number: int) -> int | None:
    """Return which mail another answers: the first, or the one before it in its branch."""
    return None if number == 0 else max(0, number - BRANCHES)


def written(number: int) -> bytes:
    """Return a mail of the thread; every other one is ours."""
    ours, theirs = "Support <support@example.ir>", CUSTOMER
    sender, to = (ours, theirs) if number % 2 else (theirs, "support@example.ir, sales@example.ir")
    headers = {"From": sender, "To": to, "Message-ID": f"<thread{number}@example.com>"}
    above = parent(number)
    if above is not None:
        headers["In-Reply-To"] = f"<thread{above}@example.com>"
        headers["References"] = f"<thread0@example.com> <thread{above}@example.com>"
    at = format_datetime(BEGINNING + timedelta(minutes=number))
    return mail(subject(number), f"متن نامهٔ {number}", Date=at, **headers)


def deliver(server: Dovecot, number: int) -> int:
    """Put a mail where its copies lie; return how many there are."""
    places = [("support", "Sent")] if number % 2 else [("support", "INBOX"), ("sales", "INBOX")]
    for user, folder in places:
        server.deliver(user, folder, written(number))
    return len(places)


def configuration(server: Dovecot) -> str:
    accounts = [server.user(name) for name in ("support", "sales")]
    return "organisation: {name: نمونه, domains: [example.ir]}\nconnectors:\n" + "".join(
        f"  - {{name: {name}, channel: imap, host: {server.host}, port: {server.port}, tls: none, poll_seconds: 5,"
        f" username: {name}, password: {password}, addresses: [{name}@example.ir]}}\n"
        for name, password in accounts
    )


async def test_a_long_thread_is_seen_whole_in_order_and_live(tmp_path: Path, dovecot: Dovecot, page: Page) -> None:
    with installed(tmp_path, configuration(dovecot)) as product:
        order = [number for number in range(COUNT) if number != LATE]
        random.Random(5).shuffle(order)
        copies = sum(deliver(dovecot, number) for number in order)
        await asyncio.to_thread(product.start)

        async def until_read(count: int) -> None:
            def is_read() -> bool:
                return sum(int(b["stored"]) + int(b["duplicate"]) for b in books(product).values()) >= count

            await asyncio.to_thread(wait_until, is_read, "every copy", 60)

        await until_read(copies)
        [ali] = product.customers("ali.rezaei@example.com")
        told = [entry["subject"] for entry in product.timeline(ali["id"])]
        assert told == [subject(number) for number in range(COUNT - 1, -1, -1) if number != LATE]

        await page.goto(f"{product.url}/customers/{ali['id']}?lang=en")
        await expect(page.locator("#live[data-state=open]")).to_be_visible()
        newest = page.locator(".entry", has_text=f"متن نامهٔ {COUNT - 1}")
        await expect(newest.locator(".around")).to_contain_text(f"Answers {subject(COUNT - 1 - BRANCHES)}")

        await page.evaluate("window.loadedOnce = true")
        deliver(dovecot, COUNT + 1)  # its mail before it in the branch is never seen
        deliver(dovecot, LATE)
        deliver(dovecot, COUNT)
        live = page.locator(".entry", has_text=f"متن نامهٔ {COUNT}")
        await expect(live.locator(".around")).to_contain_text(f"Answers {subject(COUNT - BRANCHES)}", timeout=30_000)
        await expect(page.locator(".entry", has_text=f"متن نامهٔ {COUNT + 1}")).to_be_visible(timeout=30_000)
        assert await page.evaluate("window.loadedOnce") is True

        await until_read(copies + 4)
        await newest.locator(".around a").click()
        conversation = page.locator("ol.thread li")
        await expect(conversation).to_have_count(COUNT + 2)
        seen = await conversation.locator("a").all_inner_texts()
        assert seen == [subject(number) for number in range(COUNT + 2)]
        await page.goto(f"{product.url}/customers/{ali['id']}?lang=en&q={subject(LATE + BRANCHES)}")
        child = page.locator(".entry", has_text=f"متن نامهٔ {LATE + BRANCHES}")
        await expect(child.locator(".around")).to_contain_text(f"Answers {subject(LATE)}")
        await page.goto("about:blank")  # or it would complain that its line was cut
