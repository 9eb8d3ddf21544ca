"""SIGKILL at any moment: what was acknowledged is there exactly once, and no row of the call log twice or never."""

import random
import threading
from pathlib import Path

import httpx
import pytest

from standalone.killing import books, entries, kill_and_start
from standalone.running import Peyvand, eventually, installed
from standalone.signing import SECRET, Website

pytestmark = pytest.mark.real

ROUNDS = 5
PAUSE = 0.01  # or else thousands of rows are written while there is nobody to read them
CONFIGURATION = f"""\
organisation: {{name: نمونه, domains: [example.ir], timezone: Asia/Tehran}}
connectors:
  - {{name: site-form, channel: webform, secret: {SECRET}}}
  - {{name: pbx, channel: asterisk, cdr: Master.csv, poll_seconds: 0.05}}
"""


def row(number: int) -> str:
    uniqueid = f"1769839200.{number}"
    return (
        f'"","09121112233","201","from-trunk","""09121112233"" <09121112233>","PJSIP/trunk-1","PJSIP/201-2","Dial","",'
        f'"2026-01-31 09:30:00","2026-01-31 09:30:05","2026-01-31 09:31:00",60,55,"ANSWERED","DOCUMENTATION",'
        f'"{uniqueid}","","","{uniqueid}",{number}\n'
    )


class Sources(threading.Thread):
    """Posts and writes rows without a pause until told to end; a post that fails is posted again under its number."""

    def __init__(self, product: Peyvand) -> None:
        super().__init__(daemon=True)
        self.website = Website(f"{product.url}/webhooks/site-form")
        self.call_log = product.folder / "Master.csv"
        self.rows = 0
        self.ending = threading.Event()

    def run(self) -> None:
        number = 0
        with httpx.Client(timeout=10, trust_env=False) as client, self.call_log.open("a") as call_log:
            while not self.ending.is_set():
                self.rows += 1
                call_log.write(row(self.rows))
                call_log.flush()
                number += self._taken(client, number)
                self.ending.wait(PAUSE)

    def _taken(self, client: httpx.Client, number: int) -> bool:
        try:
            return self.website.post(client, number).is_success
        except httpx.HTTPError:
            return False


def test_what_was_acknowledged_is_there_once_after_kills_in_mid_flow(tmp_path: Path) -> None:
    seed = random.randrange(1_000_000)
    print(f"seed: {seed}")
    moments = random.Random(seed)
    with installed(tmp_path, CONFIGURATION) as product:
        product.start()
        sources = Sources(product)
        sources.start()
        for _ in range(ROUNDS):
            kill_and_start(product, moments.uniform(0.05, 1.5))
        acknowledged = len(sources.website.acknowledged)
        eventually(lambda: len(sources.website.acknowledged) > acknowledged + 5, "traffic after the last start")
        sources.ending.set()
        sources.join(20)
        eventually(lambda: books(product)["pbx"]["stored"] == sources.rows, "every row of the call log", seconds=30)
        texts = [e["text"] for e in entries(product, "visitor@example.com")]
        calls = [e["call"]["legs"][0]["leg"] for e in entries(product, "09121112233")]
        accounts = books(product)
    assert len(texts) == len(set(texts)), f"twice, with seed {seed}"
    assert set(sources.website.acknowledged) <= set(texts), f"lost, with seed {seed}"
    assert sorted(calls) == sorted(f"1769839200.{n}" for n in range(1, sources.rows + 1)), f"seed {seed}"
    assert all(b["balanced"] for b in accounts.values())
    assert "no difference" in product.run("rebuild").stdout
