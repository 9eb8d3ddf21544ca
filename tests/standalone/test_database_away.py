"""While the database cannot be written, callers are told to come back; what they bring again is there once."""

import sqlite3
from pathlib import Path

import httpx
import pytest

from standalone.running import eventually, installed
from standalone.signing import SECRET, Website

pytestmark = pytest.mark.real

CONFIGURATION = f"""\
organisation: {{name: نمونه}}
connectors:
  - {{name: site-form, channel: webform, secret: {SECRET}}}
"""


def test_a_locked_database_is_503_with_retry_after_and_nothing_is_lost(tmp_path: Path) -> None:
    with (
        installed(tmp_path, CONFIGURATION) as product,
        httpx.Client(timeout=30, trust_env=False) as client,
    ):
        product.start()
        website = Website(f"{product.url}/webhooks/site-form")
        assert website.post(client, 0).status_code == 200
        other = sqlite3.connect(tmp_path / "var" / "peyvand.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        refused = website.post(client, 1)
        other.execute("ROLLBACK")
        other.close()
        assert refused.status_code == 503
        assert int(refused.headers["retry-after"]) > 0
        assert refused.headers["content-type"] == "application/problem+json"
        eventually(lambda: website.post(client, 1).status_code == 200, "the same post taken")
        [visitor] = product.customers("visitor@example.com")
        texts = sorted(e["text"] for e in product.timeline(visitor["id"]))
    assert texts == ["message 0", "message 1"] == website.acknowledged


def test_a_full_disk_is_503_and_the_process_lives(tmp_path: Path) -> None:
    with (
        installed(tmp_path, CONFIGURATION) as product,
        httpx.Client(timeout=30, trust_env=False) as client,
    ):
        product.start_with_largest_file(kilobytes=512)
        website = Website(f"{product.url}/webhooks/site-form")
        answers = [website.post(client, number).status_code for number in range(200)]
        assert 503 in answers
        assert set(answers) <= {200, 503}
        assert product.get("/health/live") == {"live": True}
        product.kill()
        product.start()
        [visitor] = product.customers("visitor@example.com")
        texts = [e["text"] for e in product.timeline(visitor["id"])]
    assert len(texts) == len(set(texts))
    assert set(website.acknowledged) <= set(texts)
