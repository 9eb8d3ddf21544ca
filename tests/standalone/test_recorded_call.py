"""The whole way of a recorded call: four rows of a queue, a transfer, a WAV49 file; one card that a browser plays."""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from phone.sounds import tone
from standalone.running import Peyvand, eventually, installed

pytestmark = [pytest.mark.real, pytest.mark.timeout(180)]

ROWS = Path(__file__).parent.parent / "fixtures" / "phone" / "asterisk"
NAME = "q-600-09121112233-20261003-101500-1791009900.412.WAV"
CONFIGURATION = """\
organisation: {name: نمونه, numbers: ["+98 21 9100 1000"], timezone: Asia/Tehran}
people:
  - {user: sara, name: Sara Karimi, extensions: ["201"]}
  - {user: omid, name: Omid Rad, extensions: ["202"]}
connectors:
  - name: pbx
    channel: asterisk
    cdr: Master.csv
    recordings: monitor
    columns: [accountcode, src, dst, dcontext, clid, channel, dstchannel, lastapp, lastdata, start, answer, end,
              duration, billsec, disposition, amaflags, uniqueid, userfield, peeraccount, linkedid, sequence,
              recordingfile]
"""


def call_log() -> bytes:
    """Return the rows as Asterisk writes them, the transfer's first: its caller's channel ended before the queue's."""
    rows = [(ROWS / f"queue_call_{n}.csv").read_bytes().rstrip(b"\r\n") for n in (4, 2, 3, 1)]
    return b"".join(row + f',"{NAME}"\n'.encode() for row in rows)


def the_call(product: Peyvand) -> dict[str, Any]:
    (customer,) = product.customers()
    (call,) = product.timeline(customer["id"])
    return {**call, "customer": customer["id"]}


def recording(product: Peyvand) -> dict[str, Any]:
    files = the_call(product)["attachments"] if product.customers() else []
    return files[0] if files else {}


async def test_a_queue_call_with_four_legs_and_a_transfer_is_one_card_whose_recording_plays(
    tmp_path: Path, page: Page
) -> None:
    folder = tmp_path / "monitor" / "2026" / "10" / "03"
    folder.mkdir(parents=True)
    (folder / NAME).write_bytes(tone(4))
    (tmp_path / "Master.csv").write_bytes(call_log())
    configuration = CONFIGURATION.replace("monitor\n", f"{tmp_path / 'monitor'}\n")
    with installed(tmp_path, configuration) as product:
        product.start()
        eventually(lambda: bool(recording(product).get("playable")), "the recording", seconds=60)
        call = the_call(product)
        assert [call["call"][name] for name in ("result", "queue", "transferred")] == ["answered", "600", True]
        assert call["call"]["agents"] == ["Sara Karimi", "Omid Rad"]
        assert len(call["call"]["legs"]) == 4
        assert (call["call"]["wait_seconds"], call["call"]["talk_seconds"]) == (9, 206)
        assert (recording(product)["state"], recording(product)["size"]) == ("stored", len(tone(4)))
        await page.goto(f"{product.url}/customers/{call['customer']}?lang=en")
        await expect(page.locator(".entry")).to_have_count(1)
        await expect(page.locator(".entry .to")).to_have_text("to Omid Rad, Sara Karimi, 205", use_inner_text=True)
        player = page.locator("audio")
        await expect(player).to_have_count(1)
        await player.focus()
        await page.keyboard.press("Space")
        await player.evaluate("e => new Promise((done) => (e.ontimeupdate = () => e.currentTime > 0.3 && done()))")
        assert await player.evaluate("e => e.error") is None
        assert await player.evaluate("e => Math.round(e.duration)") == 4
        await page.goto("about:blank")  # before the streams of the page end with the product


def test_a_check_tries_the_call_log_and_a_recording(tmp_path: Path) -> None:
    (tmp_path / "Master.csv").write_bytes(call_log())
    with installed(tmp_path, CONFIGURATION.replace("monitor\n", f"{tmp_path / 'monitor'}\n")) as product:
        told = product.run("check")
        assert told.returncode != 0
        assert "the folder of recordings" in " ".join(told.stdout.replace("│", " ").split())
        folder = tmp_path / "monitor" / "2026" / "10" / "03"
        folder.mkdir(parents=True)
        (folder / NAME).write_bytes(tone(4))
        os.utime(folder / NAME, (1_791_000_000,) * 2)  # or it would be still being written
        told = product.run("check")
        words = " ".join(told.stdout.replace("│", " ").split())  # a table breaks its lines anywhere
        assert "has 4 rows" in words
        assert "the newest recording was fetched" in words
        assert told.returncode == 0
