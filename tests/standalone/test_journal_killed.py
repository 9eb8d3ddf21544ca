"""Mail handed over on many connections while Peyvand is killed and its database is away: each is there once."""

import random
import sqlite3
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from handing import PUT_OFF, THEM, MailServer, acknowledged, together
from mailing import mail
from parts.loopback import free_port
from peak import peak_mb
from standalone.killing import books, entries
from standalone.running import Peyvand, eventually, installed

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]

LINES = 8
EACH = 40
LARGE = 1_000_000  # bytes, of every tenth mail
ROOM_MB = 4
# What a process may grow by while it takes mail: its room, times what reading one mail takes beside its bytes.
MOST_GROWN_MB = 150


def configuration(port: int) -> str:
    return (
        "organisation: {name: نمونه, domains: [example.ir]}\nconnectors:\n"
        f"  - {{name: journal, channel: journal, port: {port}, addresses: [support@example.ir],"
        f" memory: {ROOM_MB}MiB, max_message: 2MiB}}\n"
    )


def letters(count: int) -> Mapping[str, bytes]:
    """Return mails by their subjects."""
    made = {}
    for number in range(count):
        subject = f"mail {number}"
        text = "سلام " * (LARGE // 9 if number % 10 == 0 else 20)
        made[subject] = mail(subject, text, Message_ID=f"<{number}@example.com>").replace(b"\n", b"\r\n")
    return made


def taken(servers: list[MailServer], more: int) -> None:
    """Return once so many more mails were answered 250."""
    before = len(acknowledged(servers))
    eventually(lambda: len(acknowledged(servers)) >= before + more, f"{more} more mails", seconds=120)


def database_away(product: Peyvand, servers: list[MailServer]) -> None:
    """Keep the database from being written until every connection has been told to come again."""
    before = {id(server): server.put_off[PUT_OFF[0]] for server in servers}
    with closing(sqlite3.connect(product.folder / "var" / "peyvand.db", isolation_level=None)) as holder:
        holder.execute("PRAGMA busy_timeout = 30000")
        holder.execute("BEGIN IMMEDIATE")
        waiting = [server for server in servers if server.is_alive()]
        eventually(lambda: any(s.put_off[PUT_OFF[0]] > before[id(s)] for s in waiting), "a 451", seconds=60)
        holder.execute("ROLLBACK")


@pytest.mark.parametrize("rounds", [2, pytest.param(12, marks=pytest.mark.long)])
def test_every_mail_that_was_answered_250_is_there_once(tmp_path: Path, rounds: int) -> None:
    port = free_port()
    seed = random.randrange(1_000_000)
    print(f"seed: {seed}")
    moments = random.Random(seed)
    sent = letters(LINES * EACH * rounds // 2)
    with installed(tmp_path, configuration(port)) as product:
        product.start()
        assert product.process is not None
        small = peak_mb(product.process.pid)
        servers = together(port, sent, LINES)
        for _ in range(rounds):
            taken(servers, moments.randint(5, len(sent) // rounds // 4))
            product.kill()
            product.start()
        taken(servers, 5)
        database_away(product, servers)
        for server in servers:
            server.join(300)
        large = peak_mb(product.process.pid)
        found = Counter(entry["subject"] for entry in entries(product, THEM))
        accounts = books(product)
    answered = sum((server.put_off for server in servers), Counter[int]())
    print(f"put off: {dict(answered)}; from {small} MB to {large} MB")
    assert sorted(acknowledged(servers)) == sorted(sent)
    assert found == Counter(list(sent)), f"seed {seed}"
    assert min(server.lines_lost for server in servers) >= 1, "each line was cut by a kill"
    assert set(answered) <= set(PUT_OFF)
    assert accounts["journal"]["balanced"]
    assert large - small <= MOST_GROWN_MB
