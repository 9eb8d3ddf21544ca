"""Chromium as a person uses it, driven by Playwright: the machine's own browser, shut off from every host but ours."""

import os
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright

from parts.missing import Missing

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Without the background switches Chromium asks its maker's hosts at every start.
SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)
TELL_OF_POLICY = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`content security policy: ${event.violatedDirective} refused ${event.blockedURI}`));
"""


@dataclass  # without slots: Playwright notes on it that it listens
class Complaints:
    """What a page complained of: console errors, uncaught exceptions, refusals of its content security policy."""

    heard: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def expect(self, pattern: str) -> None:
        """Let a complaint that matches the regular expression pass."""
        self.expected.append(pattern)

    def unexpected(self) -> list[str]:
        return [words for words in self.heard if not any(re.search(pattern, words) for pattern in self.expected)]

    def listen_to(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.heard.append(f"uncaught: {error}"))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.heard.append(f"console: {message.text} ({message.location.get('url', '')})")


def find_chromium() -> str:
    """Return the path of the machine's browser. Raises Missing."""
    given = os.environ.get("CHROMIUM")
    found = given or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise Missing("no Chromium: set CHROMIUM to a browser's path or, on Debian and Ubuntu, apt install chromium")
    return found


def describe() -> str:
    """Return which browser the tests use, or why there is none."""
    try:
        said = subprocess.run([find_chromium(), "--version"], capture_output=True, text=True, check=True)
    except Missing as missing:
        return f"not run: {missing}"
    return said.stdout.strip()


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Yield a running headless browser. Raises Missing."""
    program = find_chromium()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=list(SWITCHES))
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def new_page(browser: Browser, complaints: Complaints) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(10_000)
    await context.add_init_script(TELL_OF_POLICY)
    page = await context.new_page()
    complaints.listen_to(page)
    try:
        yield page
    finally:
        await context.close()


async def screenshot(page: Page, path: Path) -> Path:
    """Save the whole page as a picture."""
    path.parent.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=path, full_page=True)
    return path
