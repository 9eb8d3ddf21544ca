"""One installation under test: four services, their sources, and the books of what was sent."""

import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from chaos import checker, website
from chaos.call_log import CALLS, CallLog
from chaos.chats import BOT, Chats
from chaos.entries import everybody
from chaos.ledger import Ledger
from chaos.load import Load
from chaos.mailbox import MAILS, Mailbox
from chaos.waiting import wait_calmly
from chaos.website import Website
from distributed.running import FourServices, four_services
from parts.bot_api import BotApi
from parts.dovecot import Dovecot
from standalone.running import Peyvand
from standalone.signing import SECRET

OUTAGE = float(os.environ.get("PEYVAND_OUTAGE_SECONDS", "6"))
HOOK_SECRET = "shop-hook-secret-of-24-chars"
HOOK_TOKEN = "700100:AAE-token-of-the-shop-hook_0123456789ab"
UNDER_LOAD = (website.CONNECTOR, CALLS, BOT, MAILS)
# A lease runs out after thirty seconds, and is asked for again every ten; a mailbox may wait for a greeting as long.
FLOWING_SECONDS = 120
# As short as it may be, so that a killed worker's partitions pass on soon.
SESSION_SECONDS = "6"


@dataclass(slots=True)
class Installation:
    """The product, who sends to it, and what must have arrived."""

    product: FourServices
    ledger: Ledger
    websites: tuple[Website, ...]
    calls: CallLog
    chats: Chats
    mailbox: Mailbox
    moments: random.Random

    @property
    def load(self) -> Load:
        return Load((*self.websites, self.calls, self.chats, self.mailbox))

    def wait_until_flowing(self) -> None:
        """Return once something new of every source is stored."""
        before = self._stored()
        wait_calmly(
            lambda: all(n > before.get(c, 0) for c, n in self._stored().items()), "news of all", FLOWING_SECONDS
        )

    def check(self) -> None:
        """Compare all that was ever sent with what stands, and with what a rebuild would make of it."""
        began = time.monotonic()
        checker.check(self.ledger, self.product)
        checked = time.monotonic()
        checker.check_rebuild(self.product)
        print(f"checked within {checked - began:.1f} s, rebuilt within {time.monotonic() - checked:.1f} s")

    def _stored(self) -> dict[str, int]:
        """Return how much is stored of each connector that the load goes through, whatever is still on its way."""
        try:
            told = Peyvand.get(self.product, "/v1/connectors")["connectors"]
        except httpx.HTTPError:
            return dict.fromkeys(UNDER_LOAD, 0)
        return {c["name"]: c["stored"] for c in told if c["name"] in UNDER_LOAD}


def configuration(server: Dovecot, bot_url: str, token: str) -> str:
    """Return a peyvand.yaml with every channel."""
    username, password = server.user("support")
    return f"""\
organisation: {{name: نمونه, domains: [example.ir], timezone: Asia/Tehran}}
connectors:
  - {{name: site-form, channel: webform, secret: {SECRET}}}
  - {{name: shop-hook, channel: telegram, mode: webhook, token: "{HOOK_TOKEN}", secret: {HOOK_SECRET}}}
  - {{name: shop-bot, channel: telegram, token: "{token}", base_url: "{bot_url}", poll_seconds: 1}}
  - {{name: pbx, channel: asterisk, cdr: Master.csv, utc: true, poll_seconds: 0.2}}
  - {{name: support, channel: imap, host: {server.host}, port: {server.port}, tls: none,
     username: {username}, password: {password}, addresses: [support@example.ir]}}
"""


@contextmanager
def installed(
    folder: Path, bootstrap: str, prefix: str, database: str, parts: tuple[Dovecot, BotApi]
) -> Iterator[Installation]:
    """Give an installation, not yet started."""
    server, bot = parts
    (folder / "peyvand.yaml").write_text(configuration(server, bot.base_url, bot.token), encoding="utf-8")
    (folder / "Master.csv").touch()
    with four_services(folder, bootstrap, prefix, database, KAFKA_SESSION_SECONDS=SESSION_SECONDS) as product:
        ledger = Ledger()
        websites = tuple(Website(name, lambda: product.url, ledger) for name in ("one", "two"))
        chats = Chats(bot, ledger)
        for customer in everybody():
            chats.share_number(customer)
        calls, mailbox = CallLog(folder / "Master.csv", ledger), Mailbox(server, ledger)
        try:
            yield Installation(product, ledger, websites, calls, chats, mailbox, _moments())
        finally:
            for one in websites:
                one.close()


def _moments() -> random.Random:
    seed = int(os.environ.get("PEYVAND_CHAOS_SEED", random.randrange(1_000_000)))
    print(f"seed: {seed}")
    return random.Random(seed)
