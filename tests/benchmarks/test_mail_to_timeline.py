"""A mailbox on a mail server, until its mails are committed on the timeline; and one mail, until it is on an open page.

`IMAP_MAILS=500 make bench` for a small mailbox. The whole product on SQLite, as `make run` starts it: on the service's
core beside a mail server on the other, and on every core together with it.
"""

import asyncio
import os
import sqlite3
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from playwright.async_api import Page

from benchmarks.cores import OTHERS, SERVICE, pin
from mailing import mail
from mails.generated import mails
from parts.dovecot import Dovecot
from parts.loopback import wait_until
from standalone.running import Peyvand, installed

pytestmark = [pytest.mark.bench, pytest.mark.real, pytest.mark.timeout(1800)]

COUNT = int(os.environ.get("IMAP_MAILS", "10000"))
SEEN = 50
BETWEEN = 0.5  # seconds from one mail's showing to the next one's coming


@pytest.fixture
def product(tmp_path: Path, dovecot: Dovecot) -> Iterator[Peyvand]:
    """Give an installation that reads one mailbox, not yet started."""
    username, password = dovecot.user("support")
    account = f"host: {dovecot.host}, port: {dovecot.port}, tls: none, username: {username}, password: '{password}'"
    with installed(tmp_path) as one:
        (one.folder / "peyvand.yaml").write_text(
            "organisation: {name: x, domains: [example.ir]}\n"
            f"connectors:\n  - {{name: support, channel: imap, {account}}}\n"
        )
        yield one


@pytest.mark.parametrize("cores", [(SERVICE,), (SERVICE, OTHERS)], ids=["one core", "every core"])
def test_a_mailbox_until_it_is_committed(product: Peyvand, dovecot: Dovecot, cores: Sequence[int]) -> None:
    dovecot.fill("support", "INBOX", mails(COUNT))
    assert dovecot._process is not None
    pin(dovecot._process.pid, OTHERS)
    began = time.perf_counter()
    process = product.launch()
    pin(process.pid, *cores)
    seen: list[tuple[float, int]] = []

    def all_are_there() -> bool:
        seen.append((time.perf_counter(), sum(_books(product).values())))
        return seen[-1][1] >= COUNT

    wait_until(all_are_there, "the last mail", 1_200)
    begun = next(n for n, (_, there) in enumerate(seen) if there)
    took = seen[-1][0] - seen[max(begun - 1, 0)][0]
    whole = seen[-1][0] - began
    print(f"\n{COUNT:,} mails, {len(set(cores))} core(s): {COUNT / took:,.0f}/s; {whole:.1f} s from the start of all")
    print(f"  {_books(product)}")


async def test_a_mail_until_it_is_on_an_open_page(product: Peyvand, dovecot: Dovecot, page: Page) -> None:
    dovecot.deliver("support", "INBOX", _mail("first"))
    await asyncio.to_thread(product.start)
    await asyncio.to_thread(wait_until, lambda: bool(product.customers("maryam@example.com")), "the first mail", 30)
    [maryam] = product.customers("maryam@example.com")
    await page.goto(f"{product.url}/customers/{maryam['id']}")
    taken: list[float] = []
    for n in range(SEEN):
        await asyncio.sleep(BETWEEN)
        began = time.monotonic()
        dovecot.deliver("support", "INBOX", _mail(f"word-{n}-"))
        await page.get_by_text(f"text of word-{n}-").first.wait_for(timeout=20_000)
        taken.append(time.monotonic() - began)
    p95 = statistics.quantiles(taken, n=20)[-1]
    print(f"\n{SEEN} mails until they were on an open page: median {statistics.median(taken):.2f} s, p95 {p95:.2f} s")
    assert p95 < 5


def _books(product: Peyvand) -> dict[str, int]:
    """Return how many deliveries were committed, by what became of them."""
    store = product.folder / "var" / "peyvand.db"
    if not store.exists():
        return {}
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as connection:
        try:
            return dict(connection.execute("SELECT outcome, count(*) FROM delivery GROUP BY outcome"))
        except sqlite3.OperationalError:  # the schema is still being made
            return {}


def _mail(word: str) -> bytes:
    named = {"From": "Maryam <maryam@example.com>", "Message-ID": f"<{word}@example.com>"}
    return mail(word, f"text of {word}", **named)
