"""The README's line for the demo does what the README says."""

import re
import subprocess
from pathlib import Path

import pytest

from standalone.running import Peyvand, eventually

pytestmark = pytest.mark.real

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def test_what_is_posted_with_curl_stands_on_the_demo_customers_timeline(demo: Peyvand) -> None:
    found = re.search(r"^curl .*?\n```", README, re.MULTILINE | re.DOTALL)
    assert found is not None
    command = found[0].removesuffix("```").replace("http://127.0.0.1:8080", demo.url)
    demo.start()
    eventually(lambda: bool(demo.customers("مریم احمدی")), "the demo's customer")
    posted = subprocess.run(["bash", "-c", f"{command.strip()} -fsS"], capture_output=True, text=True, check=False)
    assert posted.returncode == 0, posted.stderr
    [maryam] = demo.customers("0912 000 4417")
    assert maryam["name"] == "مریم احمدی"
    assert "سلام، سفارش من رسید؟" in [entry["text"] for entry in demo.timeline(maryam["id"])]
