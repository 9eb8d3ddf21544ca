"""The main job: a mailbox, a bot, a form and a call log, connected by the command, land on one customer's timeline."""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Page, expect

from mailing import mail
from parts.bot_api import BotApi
from parts.dovecot import Dovecot
from parts.loopback import wait_until
from standalone.running import Peyvand
from standalone.signing import signed

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]

NAME, ADDRESS, NUMBER, TELEGRAM = "مریم احمدی", "maryam@example.com", "0912 000 4417", 5104467321


@dataclass
class Customer:
    """Maryam, who writes and calls in every way, and what we send her."""

    dovecot: Dovecot
    bot: BotApi
    product: Peyvand
    call_log: Path
    calls: int = field(default=0)

    def mails(self, subject: str, text: str) -> None:
        whose = {"From": f"{NAME} <{ADDRESS}>", "Message-ID": f"<{abs(hash(subject))}@example.com>"}
        self.dovecot.deliver("support", "INBOX", mail(subject, text, **whose))

    def is_answered_by_mail(self, subject: str, text: str) -> None:
        sent = {"From": "Sara <support@example.ir>", "To": ADDRESS, "Message-ID": f"<{abs(hash(subject))}@example.ir>"}
        self.dovecot.deliver("support", "Sent", mail(subject, text, **sent))

    def shares_her_number(self) -> None:
        number = NUMBER.replace(" ", "").replace("0", "98", 1)
        self._tells(contact={"phone_number": number, "first_name": NAME, "user_id": TELEGRAM})

    def chats(self, text: str) -> None:
        self._tells(text=text)

    def fills_in_the_form(self, text: str) -> None:
        form = {"name": NAME, "phone": NUMBER, "email": ADDRESS, "message": text}
        body = json.dumps(form, ensure_ascii=False).encode()
        secret = (self.product.folder / "secrets" / "site-form-secret").read_text().strip()
        headers = signed("msg_1", body, secret)
        posted = httpx.post(f"{self.product.url}/webhooks/site-form", content=body, headers=headers, trust_env=False)
        assert posted.status_code == 200, posted.text

    def calls_the_switchboard(self) -> None:
        self.calls += 1
        began, number = int(time.time()) - 60, NUMBER.replace(" ", "")
        start, answer, end = (time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(began + s)) for s in (0, 5, 60))
        row = (
            f'"","{number}","201","from-trunk","""{number}"" <{number}>","PJSIP/trunk-1","PJSIP/201-2","Dial","",'
            f'"{start}","{answer}","{end}",60,55,"ANSWERED","DOCUMENTATION","{began}.{self.calls}","","",'
            f'"{began}.{self.calls}",{self.calls}\n'
        )
        with self.call_log.open("a") as log:
            log.write(row)

    def _tells(self, **content: Any) -> None:
        who = {"id": TELEGRAM, "is_bot": False, "first_name": NAME}
        chat = {"id": TELEGRAM, "type": "private", "first_name": NAME}
        number = 100 + len(self.bot.pending) + int(time.monotonic() * 1000) % 1_000_000
        self.bot.send(
            {"message": {"message_id": number, "date": int(time.time()), "from": who, "chat": chat, **content}}
        )


@pytest.fixture
def customer(dovecot: Dovecot, bot: BotApi, product: Peyvand) -> Customer:
    """Give the customer of a company that has connected all its channels with `peyvand connect`."""
    made = Customer(dovecot, bot, product, product.folder / "Master.csv")
    made.calls_the_switchboard()
    username, password = dovecot.user("support")
    (product.folder / "password").write_text(password)
    (product.folder / "token").write_text(bot.token)
    house = ("--organisation", "بازرگانی نمونه", "--domains", "example.ir")
    connect(product, "imap", *house, "--host", dovecot.host, "--port", str(dovecot.port), "--tls", "none",
            "--username", username, "--addresses", "support@example.ir", "--password-file", "password")  # fmt: skip
    connect(product, "telegram", "--token-file", "token", "--base-url", bot.base_url)
    connect(product, "webform", "--origins", "https://www.example.ir")
    connect(product, "asterisk", "--cdr", str(made.call_log), "--utc", "true")
    return made


def connect(product: Peyvand, *arguments: str) -> None:
    told = product.run("connect", *arguments, "--yes")
    assert told.returncode == 0, told.stdout + told.stderr
    assert "It works" in told.stdout


async def until(holds: Callable[[], bool], what: str, seconds: float = 30) -> None:
    await asyncio.to_thread(wait_until, holds, what, seconds)


def texts(product: Peyvand) -> list[str]:
    found = product.customers(NAME)
    return [e["text"] or e["kind"] for c in found for e in product.timeline(c["id"])]


async def test_every_channel_lands_on_one_timeline_live(customer: Customer, page: Page) -> None:
    product = customer.product
    assert product.run("check").returncode == 0
    customer.mails("سفارش", "سلام، دستگاه موجود است؟")
    await asyncio.to_thread(product.start)
    customer.is_answered_by_mail("Re: سفارش", "بله، موجود است.")
    customer.fills_in_the_form("لطفاً با من تماس بگیرید.")
    customer.shares_her_number()
    customer.chats("این هم شماره‌ام")
    said = {"سلام، دستگاه موجود است؟", "بله، موجود است.", "لطفاً با من تماس بگیرید.", "این هم شماره‌ام", "call"}
    await until(lambda: said <= set(texts(product)), "everything on the timeline")

    [maryam] = product.customers(ADDRESS)
    assert product.customers(NUMBER) == product.customers(str(TELEGRAM)) == [maryam]
    assert {(h["kind"], h["value"]) for h in maryam["handles"]} == {
        ("email", ADDRESS), ("phone", "+989120004417"), ("telegram", str(TELEGRAM)),
    }  # fmt: skip
    entries = product.timeline(maryam["id"])
    assert len(entries) == 6
    assert {(e["channel"], e["direction"]) for e in entries} == {
        ("email", "inbound"), ("email", "outbound"), ("web", "inbound"), ("telegram", "inbound"), ("phone", "inbound"),
    }  # fmt: skip

    await page.goto(f"{product.url}/customers/{maryam['id']}?lang=fa")
    await expect(page.locator("#live[data-state=open]")).to_be_visible()
    await expect(page.locator(".entry")).to_have_count(6)
    for text in said - {"call"}:
        await expect(page.get_by_text(text, exact=True).first).to_be_visible()

    await page.evaluate("window.loadedOnce = true")
    customer.chats("یک پیام تازه")
    await expect(page.get_by_text("یک پیام تازه", exact=True)).to_be_visible()
    customer.mails("یک نامهٔ تازه", "متن نامهٔ تازه")
    customer.calls_the_switchboard()
    await expect(page.get_by_text("متن نامهٔ تازه", exact=True)).to_be_visible()
    await expect(page.locator(".entry")).to_have_count(9)
    assert await page.evaluate("window.loadedOnce") is True

    told = await asyncio.to_thread(product.run, "rebuild")
    assert "no difference" in told.stdout, told.stdout + told.stderr
    books = {c["name"]: c for c in product.get("/v1/connectors")["connectors"]}
    assert {name: (b["stored"], b["balanced"]) for name, b in books.items()} == {
        "support": (3, True), "telegram-bot": (3, True), "site-form": (1, True), "pbx": (2, True),
    }  # fmt: skip
