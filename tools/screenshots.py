"""Takes the README's pictures from the demo: `.venv/bin/python tools/screenshots.py`."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

from bootstrap import ROOT

PICTURES = ROOT / "docs" / "images"
PORT, WIDTH, HEIGHT = 8179, 1280, 1000
CHROMIUM = "/usr/bin/chromium"
SHOWN = {"fa": "مریم احمدی", "en": "James Whitfield"}


def asked(path: str) -> dict[str, list[dict[str, dict[str, str]]]]:
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}{path}", timeout=5) as answer:
        found: dict[str, list[dict[str, dict[str, str]]]] = json.load(answer)
    return found


def customer(name: str) -> str:
    """Return the id of a customer of the demo, waiting until the demo has told of it."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if found := asked(f"/v1/customers?q={urllib.parse.quote(name)}")["customers"]:
                return found[0]["customer"]["id"]
        except OSError:
            pass
        time.sleep(0.5)
    raise SystemExit(f"the demo never told of {name}")


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    command: list[str | Path] = [Path(sys.executable).with_name("peyvand"), "up", "--port", str(PORT)]
    with tempfile.TemporaryDirectory() as folder, subprocess.Popen(command, cwd=folder) as demo:
        try:
            pages = {language: customer(name) for language, name in SHOWN.items()}
            time.sleep(6)  # let the demo tell all that it has
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
                )
                for language, found in pages.items():
                    page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
                    page.goto(f"http://127.0.0.1:{PORT}/customers/{found}?lang={language}")
                    page.wait_for_selector("#live[data-state=open]")
                    page.screenshot(path=PICTURES / f"timeline-{language}.png")
        finally:
            demo.terminate()


if __name__ == "__main__":
    main()
