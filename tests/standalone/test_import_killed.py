"""SIGKILL of `peyvand import mail` at any moment: said again, it goes on, and each mail and each file is there once."""

import os
import random
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from parts.process import Process
from peyvand.blobs import open_blobs
from standalone.killing import books, entries
from standalone.running import COMMAND, Peyvand, eventually, installed

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]

ADDRESSES = ("ali@example.com", "maryam@example.com", "omid@example.com")
PORTION = 200  # so many are recorded together
ARCHIVE = "old.mbox"
CONFIGURATION = """\
organisation: {name: نمونه, domains: [example.ir]}
connectors:
  - {name: archive, channel: mbox, path: archive.mbox, addresses: [support@example.ir]}
"""


def subject(number: int) -> str:
    return f"نامهٔ {number}"


def archived(count: int) -> Iterator[bytes]:
    """Yield the mails of an archive, of three customers in turn; every fourth has a file of its own."""
    for number in range(count):
        message = EmailMessage()
        message["From"] = ADDRESSES[number % len(ADDRESSES)]
        message["To"] = "support@example.ir"
        message["Subject"] = subject(number)
        message["Date"] = f"Sun, 04 Oct 2026 08:{number // 60 % 60:02}:{number % 60:02} +0330"
        message["Message-ID"] = f"<{number}@example.com>"
        message.set_content(f"سلام، این نامهٔ شمارهٔ {number} است.")
        if number % 4 == 0:
            message.add_attachment(f"file {number}".encode(), "application", "octet-stream", filename=f"{number}.bin")
        yield b"From ali@example.com Sun Oct  4 08:30:00 2026\n" + message.as_bytes() + b"\n"


def recorded(product: Peyvand) -> int:
    return int(books(product)["archive"]["stored"])


def killed_in_the_middle(product: Peyvand, moment: float) -> int:
    """Start an import and kill it some time after it has recorded a portion; return how many mails stand then."""
    before = recorded(product)
    command: list[str | Path] = [COMMAND, "import", "mail", ARCHIVE, "--connector", "archive"]
    importing = Process(command, log=product.folder / "import.log", environment=os.environ)
    try:
        eventually(lambda: recorded(product) > before or not importing.runs, "the next portion", seconds=60)
        time.sleep(moment)  # the moment is what is tested, so it is waited for and not for a condition
        assert importing.runs, (product.folder / "import.log").read_text()[-2000:]
    finally:
        importing.kill()
    return recorded(product)


@pytest.mark.parametrize("rounds", [2, pytest.param(12, marks=pytest.mark.long)])
async def test_an_import_killed_in_the_middle_and_said_again_brings_each_mail_once(tmp_path: Path, rounds: int) -> None:
    count = PORTION * 2 * (rounds + 1)
    seed = random.randrange(1_000_000)
    print(f"seed: {seed}")
    moments = random.Random(seed)
    with installed(tmp_path, CONFIGURATION) as product:
        (tmp_path / ARCHIVE).write_bytes(b"".join(archived(count)))
        product.start()  # and it goes on running beside
        standing = [killed_in_the_middle(product, moments.uniform(0, 0.3)) for _ in range(rounds)]
        assert standing == sorted(set(standing)), "each went on where it was"
        assert standing[-1] < count
        told = product.run("import", "mail", ARCHIVE, "--connector", "archive")
        again = product.run("import", "mail", ARCHIVE, "--connector", "archive")
        found = [entry for address in ADDRESSES for entry in entries(product, address)]
        accounts = books(product)
    left = count - standing[-1]
    assert f"{count:,} mails: {left:,} new, {standing[-1]:,} here already, 0 cannot be read." in told.stdout
    assert f"{count:,} mails: 0 new, {count:,} here already, 0 cannot be read." in again.stdout
    assert sorted(entry["subject"] for entry in found) == sorted(map(subject, range(count))), f"seed {seed}"
    assert (accounts["archive"]["stored"], accounts["archive"]["balanced"]) == (count, True)
    blobs = open_blobs(str(tmp_path / "var" / "blobs"))
    files = {a["name"]: a["at"] for entry in found for a in entry["attachments"]}
    assert len(files) == count / 4
    for name, at in files.items():
        assert await blobs.get(at) == f"file {name.removesuffix('.bin')}".encode(), f"seed {seed}"
