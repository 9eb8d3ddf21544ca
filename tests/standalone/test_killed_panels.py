"""SIGKILL between a panel's answer, which marks messages as read, and the moment they are durable: none is lost."""

from functools import partial
from pathlib import Path

import pytest

from parts.loopback import wait_until
from parts.panels import KEY, Panels
from standalone.killing import books, entries
from standalone.running import eventually, installed

pytestmark = [pytest.mark.real, pytest.mark.timeout(180)]
CUSTOMER = "09121112233"


def configuration(panels: Panels) -> str:
    return f"""\
organisation: {{name: نمونه, domains: [example.ir], timezone: Asia/Tehran, region: IR}}
connectors:
  - {{name: sms, channel: kavenegar, api_key: {KEY}, base_url: "{panels.url}", lines: ["10004346"], poll_seconds: 5}}
"""


def wrote(number: int) -> dict[str, object]:
    return {"messageid": number, "message": f"sms {number}", "sender": CUSTOMER, "receptor": "10004346",
            "date": 1791102015 + number}  # fmt: skip


def marked(panels: Panels, count: int) -> bool:
    return len(panels.read) >= count


def test_what_a_panel_tells_only_once_survives_being_killed_with_it(tmp_path: Path) -> None:
    with Panels(slow=3).running() as panels, installed(tmp_path, configuration(panels)) as product:
        panels.write(*(wrote(number) for number in range(30)))
        product.start()
        for count in (30, 60):
            wait_until(partial(marked, panels, count), "an answer on its way", 30)
            product.kill()  # marked as read, and no answer has arrived
            panels.write(*(wrote(number) for number in range(count, count + 30)))
            product.start()
        panels.slow = 0
        eventually(
            lambda: books(product)["sms"]["seen"] > 0 and len(entries(product, CUSTOMER)) >= 90, "90 messages", 40
        )
        found = sorted(e["text"] for e in entries(product, CUSTOMER))
        log, account = product.log, books(product)["sms"]
    assert found == sorted(f"sms {number}" for number in range(90))
    assert account["balanced"]
    assert KEY not in log
