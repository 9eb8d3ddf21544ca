"""What the pages tell callers to run, run as it stands there, against a served webhook that is away at first."""

import asyncio
import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from starlette.applications import Starlette

from ingest_social.channels import webform
from parts.served import served
from peyvand.errors import Unavailable
from peyvand.publish import Reading
from peyvand.testing import MemoryBlobs, MemoryPublisher
from peyvand.webhook import Hook, Webhooks
from social.accounts import ORGANISATION, form_account

pytestmark = pytest.mark.real

DOCS = Path(__file__).parents[2] / "docs"
WRITTEN = "http://127.0.0.1:8080"
SECRET = "whsec_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="
HOOKS = {
    "site-form": Hook(webform.SOURCE, form_account(secret=SECRET)),
    "contact-page": Hook(webform.SOURCE, form_account(form=True, origins=["https://www.example.ir"])),
}


@dataclass
class AwayAtFirst:
    """Refuses the first delivery, and keeps those after it."""

    within: MemoryPublisher = field(default_factory=MemoryPublisher)
    refused: list[Reading] = field(default_factory=list)

    async def publish(self, readings: Sequence[Reading]) -> None:
        if not self.refused:
            self.refused.extend(readings)
            raise Unavailable("not yet", retry_after=1)
        await self.within.publish(readings)


@dataclass
class Site:
    """A served form, and what was published there."""

    url: str
    publisher: MemoryPublisher | AwayAtFirst

    def of(self, text: str) -> str:
        """Return a text of a page with this site's address in place of the written one."""
        assert WRITTEN in text
        return text.replace(WRITTEN, self.url)


@pytest.fixture
def publisher() -> MemoryPublisher | AwayAtFirst:
    return AwayAtFirst()


@pytest.fixture
def site(publisher: MemoryPublisher | AwayAtFirst) -> Iterator[Site]:
    webhooks = Webhooks(HOOKS, ORGANISATION, publisher, MemoryBlobs())
    with served(Starlette(routes=[webhooks.route()])) as url:
        yield Site(url, publisher)


def blocks(page: str, language: str) -> list[str]:
    """Return what stands in a page's fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", (DOCS / page).read_text(), re.MULTILINE | re.DOTALL)


async def run(program: str, script: str) -> str:
    """Return what a script writes; it must end well."""
    environment = {**os.environ, "FORM_SECRET": SECRET, "no_proxy": "*"}
    process = await asyncio.create_subprocess_exec(
        program, "-c", script, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    output, _ = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 0, output.decode()
    return output.decode()


async def test_the_shell_lines_of_the_webhooks_page_bring_a_form_through_an_outage(
    site: Site, publisher: AwayAtFirst
) -> None:
    _, script = blocks("webhooks.md", "sh")
    assert '{"accepted":true}' in await run("bash", site.of(script))
    (event,) = publisher.within.events
    assert [(h.kind, h.value) for h in event.parties[0].handles] == [("phone", "+989121112233")]
    assert event.text == "سفارش من کی می‌رسد؟"
    assert event.message_key == "site-form:form-4711"
    assert [e.event_id for r in publisher.refused for e in r.events] == [event.event_id]


async def test_the_python_lines_of_the_webhooks_page_bring_a_form_through_an_outage(
    site: Site, publisher: AwayAtFirst
) -> None:
    _, script = blocks("webhooks.md", "python")
    await run(sys.executable, site.of(script))
    (event,) = publisher.within.events
    assert (event.text, event.message_key) == ("Two chairs, please.", "site-form:order-form-4712")
    assert [e.event_id for r in publisher.refused for e in r.events] == [event.event_id]


@pytest.mark.parametrize("publisher", [MemoryPublisher()], ids=["there"])
async def test_the_shell_lines_of_the_forms_page_bring_both_kinds_of_posts(
    site: Site, publisher: MemoryPublisher
) -> None:
    for script in blocks("channels/webform.md", "sh"):
        assert "200 OK" in await run("bash", site.of(script))
    assert [event.text for event in publisher.events] == ["سفارش من کی می‌رسد؟", "سلام"]
