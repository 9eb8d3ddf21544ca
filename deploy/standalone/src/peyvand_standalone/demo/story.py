"""Telling the story: what the demo's customers send, and what still happens while somebody watches the page."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from urllib.parse import urlencode

import httpx
import structlog
from pydantic import SecretStr

from peyvand.signature import sign_standard_webhooks
from peyvand_standalone.demo import samples
from peyvand_standalone.demo.decisions import decide
from peyvand_standalone.demo.stage import Stage

log = structlog.get_logger("peyvand.demo")

# How long after the story's beginning each of the later things happens, so that an open page is seen to be live.
FIRST_SECONDS = 6.0
BETWEEN_SECONDS = 6.0

Step = Callable[[], Awaitable[None]]


@asynccontextmanager
async def telling(stage: Stage, url: str) -> AsyncIterator[None]:
    """Send the samples to the server at the URL while the body runs."""
    task = asyncio.create_task(_told(stage, url), name="story")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _told(stage: Stage, url: str) -> None:
    try:
        async with httpx.AsyncClient(base_url=url, timeout=30, trust_env=False) as client:
            sender = Sender(stage, client)
            await sender.everything()
            await decide(client)
            log.info("the demo is told; more arrives while the page is open")
            await asyncio.sleep(FIRST_SECONDS)
            for step in sender.later():
                await step()
                await asyncio.sleep(BETWEEN_SECONDS)
    except (httpx.HTTPError, OSError) as error:
        log.error("the demo broke off", error=type(error).__name__)


class Sender:
    """Posts what Telegram and the website would post, and writes what a mail server and Asterisk would write."""

    def __init__(self, stage: Stage, client: httpx.AsyncClient) -> None:
        self._stage = stage
        self._client = client

    async def everything(self) -> None:
        """Send all that has happened before the start; the files are read by their connectors meanwhile."""
        now = datetime.now(UTC)
        for number, form in enumerate(samples.signed_forms(now)):
            await self._signed_form(f"msg_demo_{number}", form)
        for fields in samples.browser_forms(now):
            await self._browser_form(fields)
        for update in samples.updates(now):
            await self._update(update)

    def later(self) -> Iterator[Step]:
        """Yield what happens while somebody watches, one thing of each channel after the other."""
        yield self._a_call_rings
        yield self._somebody_writes
        yield self._late_mail_arrives
        yield self._somebody_fills_in_the_form

    async def _somebody_writes(self) -> None:
        for update in samples.updates(datetime.now(UTC), later=True):
            await self._update(update)
            await asyncio.sleep(1)

    async def _a_call_rings(self) -> None:
        with self._stage.call_log.open("a", encoding="utf-8") as log_file:
            log_file.writelines(samples.calls(datetime.now(UTC), later=True))

    async def _late_mail_arrives(self) -> None:
        now = datetime.now(UTC)
        with self._stage.mailbox.open("ab") as mailbox:
            mailbox.writelines(samples.in_mbox(mail, now) for mail in samples.mails(now, later=True))

    async def _somebody_fills_in_the_form(self) -> None:
        for fields in samples.browser_forms(datetime.now(UTC), later=True):
            await self._browser_form(fields)

    async def _update(self, body: bytes) -> None:
        headers = {
            "content-type": "application/json",
            "x-telegram-bot-api-secret-token": self._stage.telegram_secret,
        }
        await self._post("/webhooks/telegram-bot", body, headers)

    async def _signed_form(self, sent: str, body: bytes) -> None:
        stamp = int(datetime.now(UTC).timestamp())
        headers = {
            "content-type": "application/json",
            "webhook-id": sent,
            "webhook-timestamp": str(stamp),
            "webhook-signature": sign_standard_webhooks(sent, stamp, body, SecretStr(self._stage.form_secret)),
        }
        await self._post("/webhooks/site-form", body, headers)

    async def _browser_form(self, fields: list[tuple[str, str]]) -> None:
        body = urlencode(fields).encode()
        await self._post("/webhooks/site-form", body, {"content-type": "application/x-www-form-urlencoded"})

    async def _post(self, path: str, body: bytes, headers: dict[str, str]) -> None:
        answer = await self._client.post(path, content=body, headers=headers)
        answer.raise_for_status()
