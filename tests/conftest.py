"""The real parts as fixtures: started when a test asks, on loopback, and said in the header of the report."""

import os
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NoReturn

import pytest
from playwright.async_api import Browser, Page

from parts import bot_api, browser, dovecot, kafka, mariadb, postgres, s3
from parts.kafka_jars import Jars, fetch
from parts.missing import Missing

PARTS = {
    "postgres": postgres.describe,
    "mariadb": mariadb.describe,
    "kafka": kafka.describe,
    "dovecot": dovecot.describe,
    "chromium": browser.describe,
    "s3": s3.describe,
}


def pytest_report_header() -> list[str]:
    return [f"{name}: {describe()}" for name, describe in PARTS.items()]


def not_run(missing: Missing) -> NoReturn:
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


@pytest.fixture(name="own_postgres")
def _own_postgres() -> Iterator[postgres.OwnPostgres]:
    """Give a server that the test may stop, kill and pause."""
    with ExitStack() as running:
        try:
            server = running.enter_context(postgres.own_postgres(durable=True))
        except Missing as missing:
            not_run(missing)
        yield server


@pytest.fixture(scope="session", name="mariadb")
def _mariadb() -> Iterator[mariadb.MariaDb]:
    """Give the MariaDB that all tests share; each creates a database of its own."""
    with ExitStack() as running:
        try:
            server = running.enter_context(mariadb.own_mariadb())
        except Missing as missing:
            not_run(missing)
        yield server


@pytest.fixture(scope="session")
def kafka_or_mock() -> Iterator[kafka.Kafka]:
    """Give librdkafka's mock where there is no Kafka: for a test of a single client, without an admin."""
    with ExitStack() as running:
        try:
            broker = running.enter_context(kafka.kafka())
        except Missing:
            broker = running.enter_context(kafka.mock_kafka())
        yield broker


@pytest.fixture(scope="session", name="kafka")
def _kafka(kafka_or_mock: kafka.Kafka) -> kafka.Kafka:
    """Give the Kafka that all tests share; each keeps to topics and groups that begin with its topic_prefix."""
    if not kafka_or_mock.is_real:
        not_run(Missing(kafka.describe()))
    return kafka_or_mock


@pytest.fixture(scope="session")
def kafka_jars() -> Jars:
    """Give what a test's own Kafka is started from; asked for once, however many tests want it."""
    try:
        return fetch()
    except Missing as missing:
        not_run(missing)


@pytest.fixture(name="own_kafka")
def _own_kafka(kafka_jars: Jars) -> Iterator[kafka.Kafka]:
    """Give a test a Kafka of its own, to stop and kill."""
    with kafka.own_kafka(kafka_jars) as broker:
        yield broker


@pytest.fixture
def topic_prefix() -> str:
    """Give a test the beginning of its topics' and groups' names, which no other test has."""
    return f"test-{uuid.uuid4().hex[:12]}."


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
