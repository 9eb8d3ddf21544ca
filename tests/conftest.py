"""The real parts as fixtures: started when a test asks, on loopback, and said in the header of the report."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from parts import bot_api, browser, dovecot, postgres, s3
from parts.missing import Missing

PARTS = {"postgres": postgres.describe, "dovecot": dovecot.describe, "chromium": browser.describe, "s3": s3.describe}


def pytest_report_header() -> list[str]:
    return [f"{name}: {describe()}" for name, describe in PARTS.items()]


def not_run(missing: Missing) -> None:
    """Skip the test and say why, or fail it where every part is required."""
    if os.environ.get("PEYVAND_TEST_PARTS") == "required":
        pytest.fail(str(missing), pytrace=False)
    pytest.skip(str(missing))


@pytest.fixture(scope="session", name="postgres")
def _postgres() -> Iterator[postgres.Postgres]:
    with ExitStack() as running:
        try:
            server = running.enter_context(postgres.postgres())
        except Missing as missing:
            not_run(missing)
        yield server


@pytest.fixture(name="postgres_url")
def _postgres_url(postgres: postgres.Postgres) -> Iterator[str]:
    """Give a fresh, empty database of its own to a test."""
    with postgres.database() as url:
        yield url


@pytest.fixture(name="dovecot")
def _dovecot() -> Iterator[dovecot.Dovecot]:
    with ExitStack() as running:
        try:
            server = running.enter_context(dovecot.dovecot())
        except Missing as missing:
            not_run(missing)
        yield server


@pytest.fixture(scope="session", name="s3")
def _s3() -> Iterator[s3.S3]:
    with s3.s3() as store:
        yield store


@pytest.fixture(name="bot")
def _bot() -> Iterator[bot_api.BotApi]:
    with bot_api.bot_api() as bot:
        yield bot


@pytest.fixture(name="chromium")
async def _chromium() -> AsyncIterator[Browser]:
    try:
        browser.find_chromium()
    except Missing as missing:
        not_run(missing)
    async with browser.chromium() as running:
        yield running


@pytest.fixture
def complaints() -> browser.Complaints:
    """What the page complains of; a test that expects some says so with complaints.expect(pattern)."""
    return browser.Complaints()


@pytest.fixture
async def page(chromium: Browser, complaints: browser.Complaints) -> AsyncIterator[Page]:
    """Give an empty page, and fail the test for any complaint that it did not expect."""
    async with browser.new_page(chromium, complaints) as opened:
        yield opened
    if complaints.unexpected():
        pytest.fail("the page complained:\n" + "\n".join(complaints.unexpected()), pytrace=False)


@pytest.fixture
def screenshot(page: Page, tmp_path: Path) -> Callable[[str], Awaitable[Path]]:
    """Save the page as a picture, below SCREENSHOTS where that is set; it is waited for: await screenshot("name")."""
    folder = Path(os.environ.get("SCREENSHOTS", tmp_path))
    return lambda name: browser.screenshot(page, folder / f"{name}.png")
