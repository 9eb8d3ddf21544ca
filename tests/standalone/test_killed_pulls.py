"""SIGKILL at any moment of a pull: each mail of a mailbox and each update of a bot is there exactly once."""

import random
import threading
import time
from pathlib import Path

import pytest

from mailing import mail
from parts.bot_api import BotApi
from parts.dovecot import Dovecot
from standalone.killing import books, entries, kill_and_start
from standalone.running import Peyvand, eventually, installed

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]

ROUNDS = 4
PAUSE = 0.03  # or else thousands arrive while there is nobody to read them
ADDRESS, TELEGRAM = "ali.rezaei@example.com", 5104467321


def configuration(server: Dovecot, bot: BotApi) -> str:
    username, password = server.user("support")
    return f"""\
organisation: {{name: نمونه, domains: [example.ir], timezone: Asia/Tehran}}
connectors:
  - {{name: support, channel: imap, host: {server.host}, port: {server.port}, tls: none,
     username: {username}, password: {password}, addresses: [support@example.ir]}}
  - {{name: shop-bot, channel: telegram, token: "{bot.token}", base_url: "{bot.base_url}"}}
"""


class Sources(threading.Thread):
    """A customer who writes mails and a chat without a pause, until told to end."""

    def __init__(self, server: Dovecot, bot: BotApi) -> None:
        super().__init__(daemon=True)
        self.server, self.bot = server, bot
        self.sent = 0
        self.ending = threading.Event()

    def run(self) -> None:
        while not self.ending.wait(PAUSE):
            number = self.sent + 1
            self.server.deliver("support", "INBOX", mail(f"subject {number}", f"mail {number}"))
            self.bot.send(chat(number))
            self.sent = number

    def texts(self, kind: str) -> list[str]:
        return sorted(f"{kind} {number}" for number in range(1, self.sent + 1))


def chat(number: int) -> dict[str, object]:
    who = {"id": TELEGRAM, "is_bot": False, "first_name": "Ali"}
    about = {"from": who, "chat": {**who, "type": "private"}, "date": int(time.time())}
    return {"message": {"message_id": number, "text": f"update {number}", **about}}


def stored(product: Peyvand) -> tuple[int, int]:
    accounts = books(product)
    return accounts["support"]["stored"], accounts["shop-bot"]["stored"]


def test_each_mail_and_each_update_is_there_once_after_kills_in_mid_pull(
    tmp_path: Path, dovecot: Dovecot, bot: BotApi
) -> None:
    seed = random.randrange(1_000_000)
    print(f"seed: {seed}")
    moments = random.Random(seed)
    with installed(tmp_path, configuration(dovecot, bot)) as product:
        product.start()
        sources = Sources(dovecot, bot)
        sources.start()
        for _ in range(ROUNDS):
            kill_and_start(product, moments.uniform(0.05, 1.5))
        before = stored(product)
        eventually(
            lambda: all(now > old for now, old in zip(stored(product), before, strict=True)), "pulls after kills"
        )
        sources.ending.set()
        sources.join(20)
        eventually(lambda: min(stored(product)) >= sources.sent, f"every mail and update, with seed {seed}", 30)
        mails = sorted(e["text"].strip() for e in entries(product, ADDRESS))
        updates = sorted(e["text"] for e in entries(product, str(TELEGRAM)))
        accounts = books(product)
    assert mails == sources.texts("mail"), f"seed {seed}"
    assert updates == sources.texts("update"), f"seed {seed}"
    # seen as often as sent: what is fetched again after a kill is the same row
    assert {name: (b["seen"], b["stored"], b["balanced"]) for name, b in accounts.items()} == dict.fromkeys(
        ("support", "shop-bot"), (sources.sent, sources.sent, True)
    ), f"seed {seed}"
    assert "no difference" in product.run("rebuild").stdout
