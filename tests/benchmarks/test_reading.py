"""Mails into events: how fast, how right, how safe, beside what else there is, in one run on one machine."""

import asyncio
import email
import email.policy
import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from functools import partial
from itertools import islice
from pathlib import Path
from uuid import UUID

import pytest

from benchmarks import reader
from ingest_email.channels import mbox
from ingest_email.reading.mail import read_mail
from mails.generated import mails
from mails.hostile import HOSTILE
from mails.torture import OTHERS, Trial, bodies, subjects
from peyvand.blobs import open_blobs
from peyvand.delivery import Delivery
from peyvand.source import sense
from peyvand.workers import Job, Workers

pytestmark = pytest.mark.bench

COUNT = int(os.environ.get("PEYVAND_BENCH_MAILS", "10000"))
MISSING = {"mail-parser": "mailparser", "imap_tools": "imap_tools"}
# Those that are so slow that a part of the mailbox says enough.
FEWER = {
    "policy.default": 10,
    "mail-parser": 10,
    "compat32, parse only": 5,
    "imap_tools": 5,
    "read_mail": 5,
    "parse": 2,
}
TOO_LONG = 10.0


@pytest.fixture(scope="module")
def mailbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of mails."""
    path = tmp_path_factory.mktemp("mails") / "mails"
    size = reader.write(path, mails(COUNT))
    print(f"\n{COUNT} mails, {size / COUNT / 1000:.1f} KB on average")
    return path


def apart(*arguments: str, seconds: float | None = None) -> str:
    """Return what the reader prints in a process of its own, which only one core is given."""
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.reader", *arguments], capture_output=True, check=True, timeout=seconds,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        preexec_fn=partial(os.sched_setaffinity, 0, {min(os.sched_getaffinity(0))}),
    )  # fmt: skip
    return ran.stdout.decode()


def some_of(path: Path, part: int) -> Path:
    """Return a file of the first of the mails."""
    fewer = path.with_name(f"mails-{part}")
    if not fewer.exists():
        reader.write(fewer, islice(reader.read(path), max(COUNT // part, 100)))
    return fewer


def test_full_events_a_second_and_core(mailbox: Path) -> None:
    rates: dict[str, float] = {}
    for who in reader.READERS:
        if who in MISSING and importlib.util.find_spec(MISSING[who]) is None:
            print(f"{who:22} not run: it is not installed")
            continue
        count, seconds, memory = apart(who, str(some_of(mailbox, FEWER.get(who, 1)))).split()
        rates[who] = int(count) / float(seconds)
        print(f"{who:22} {rates[who]:8.0f} mails/s, peak {memory} MB")
        if who == "full events":
            assert int(memory) < 150
    print(f"full events to compat32's mere parsing: {rates['full events'] / rates['compat32, parse only']:.2f}")
    assert rates["full events"] > rates["policy.default"] * 3


def test_letters_under_wrong_names() -> None:
    for what, make in (("bodies", bodies), ("subjects", subjects)):
        for words in (None, OTHERS):
            trials = list(make(texts=words))
            ours = sum(_ours(t, what) == _plain(t.expected) for t in trials)
            theirs = sum(_theirs(t, what) == _plain(t.expected) for t in trials)
            kind = "other words" if words else "words"
            print(f"\n{what}, {kind}: {ours} of {len(trials)}; policy.default {theirs}")
            assert ours >= 0.9 * len(trials)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _ours(trial: Trial, what: str) -> str:
    mail = read_mail(trial.raw)
    return _plain(mail.text if what == "bodies" else mail.subject)


def _theirs(trial: Trial, what: str) -> str:
    message = email.message_from_bytes(trial.raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    try:
        return _plain(str(message.get_content() if what == "bodies" else message["subject"]))
    except (LookupError, ValueError):
        return ""


def test_hostile_mails(tmp_path: Path) -> None:
    print(f"\n{'':42} ours; of the first ten compat32, policy.default; CPU seconds")
    for number, (kind, make) in enumerate(HOSTILE.items()):
        path = tmp_path / "hostile"
        reader.write(path, iter([make()]))
        who = ("full events", "compat32, parse only", "policy.default")[: 3 if number < 10 else 1]
        told = [_seconds(one, path) for one in who]
        print(f"{kind:42} {', '.join(told)}")
        assert float(told[0]) < 1


def _seconds(who: str, path: Path) -> str:
    try:
        return f"{float(apart(who, str(path), seconds=TOO_LONG).split()[1]):.2f}"
    except subprocess.TimeoutExpired:
        return f"> {TOO_LONG:.0f}"
    except subprocess.CalledProcessError as error:
        return str(error.stderr.decode()).strip().splitlines()[-1].partition(":")[0]


def _deliveries(count: int) -> Iterator[list[Delivery]]:
    """Yield batches as a mailbox brings them: two hundred mails, or four megabytes."""
    at = datetime(2026, 10, 4, tzinfo=UTC)
    batch: list[Delivery] = []
    for number, raw in enumerate(mails(count)):
        if len(batch) == 200 or sum(len(d.body) for d in batch) + len(raw) > 4_000_000:
            yield batch
            batch = []
        batch.append(Delivery(UUID(int=number), "support", "mbox", at, raw))
    yield batch


async def test_reading_on_several_cores() -> None:
    settings = mbox.Settings.model_validate({"path": "/nowhere", "addresses": ["support@example.ir"]})
    job = Job(sense(mbox.SOURCE), settings, reader.ORGANISATION)
    batches = list(_deliveries(COUNT // 4))
    rates = {}
    for size in (1, len(os.sched_getaffinity(0))):
        async with Workers(size) as workers:
            await workers.read(job, batches[0])
            begun, own = time.perf_counter(), time.process_time()
            for batch in batches:
                await workers.read(job, batch)
            took, own = time.perf_counter() - begun, time.process_time() - own
        rates[size] = sum(map(len, batches)) / took
        print(f"\n{size} core(s): {rates[size]:.0f} mails/s; this process {own / took:.0%} of a core")
    print(f"ratio {max(rates.values()) / rates[1]:.2f}")


async def test_files_put_away(tmp_path: Path) -> None:
    count, together = 2_400, 48
    contents = [os.urandom(15_000) for _ in range(count)]
    one_by_one, at_once = open_blobs(str(tmp_path / "a")), open_blobs(str(tmp_path / "b"))
    begun = time.perf_counter()
    for content in contents[: count // 10]:
        await one_by_one.put(content)
    single = (time.perf_counter() - begun) / (count // 10)
    begun = time.perf_counter()
    for at in range(0, count, together):
        await at_once.put_all(contents[at : at + together])
    took = time.perf_counter() - begun
    print(f"\n{count} files of 15 KB, durable: {took:.2f} s, {count / took:.0f}/s, {together} at once")
    print(f"one after the other: {1 / single:.0f}/s")
    begun = time.perf_counter()
    await asyncio.gather(*(at_once.put_all(contents[at : at + together]) for at in range(0, count, together)))
    print(f"the same again, which are there: {time.perf_counter() - begun:.2f} s")
