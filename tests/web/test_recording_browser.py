"""A call on a customer's page plays its recording in a real browser, from Ogg Opus, by the page's own policy."""

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from fakes.application import listening, serving
from fakes.memory_audit import MemoryAudit
from fakes.memory_timelines import MemoryTimelines
from fakes.sayings import number, person, rang
from fakes.story import NOW
from peyvand.blobs import open_blobs
from peyvand.event import Attachment, CallResult, InteractionEvent, Role
from peyvand.folder import named

pytestmark = pytest.mark.real
# Three seconds of a tone of 440 Hz, made with libsndfile.
TONE = (Path(__file__).parent / "tone.ogg").read_bytes()


def legs() -> list[InteractionEvent]:
    """Return a call through a queue that was recorded: it rang at two, and the second sent it on."""
    caller = person("Leila", number("0912 345 6789"), role=Role.CALLER)
    answered, missed = CallResult.ANSWERED, CallResult.MISSED
    told = [
        rang(caller, missed, key="1", leg=1, queue="600", wait_seconds=20),
        rang(caller, missed, key="1", leg=2, queue="600", agent="reza", wait_seconds=8),
        rang(caller, answered, key="1", leg=3, queue="600", agent="sara", wait_seconds=20, talk_seconds=40),
        rang(caller, answered, key="1", leg=4, agent="mina", wait_seconds=65, talk_seconds=90),
    ]
    recording = Attachment(name="q.wav", at="asterisk:q.wav", sha256="0f" * 32, state="stored", playable=named(TONE))
    first = told[2]
    assert first.call is not None
    call = first.call.model_copy(update={"recording": recording.at})
    told[2] = first.model_copy(update={"call": call, "attachments": (recording,)})
    return told


@pytest.mark.parametrize("language", ["fa", "en"])
async def test_a_call_of_four_legs_is_one_card_that_plays(page: Page, tmp_path: Path, language: str) -> None:
    timelines, audit, blobs = MemoryTimelines(), MemoryAudit(), open_blobs(str(tmp_path))
    await blobs.put(TONE)
    timelines.tell(*legs())
    (customer,) = next(iter(timelines.known.customers.values()))
    async with listening(serving(timelines, now=lambda: NOW, blobs=blobs, audit=audit)) as url:
        await page.goto(f"{url}/customers/{customer}?lang={language}")
        await expect(page.locator(".entry")).to_have_count(1)
        await expect(page.locator(".legs tbody tr")).to_have_count(4)
        await expect(page.locator("details:has(.legs)")).not_to_have_attribute("open", "")
        assert audit.noted == []  # nothing is heard before somebody presses the button
        player = page.locator("audio")
        await expect(player).to_have_count(1)
        await player.focus()
        await page.keyboard.press("Space")
        # not by a wait of Playwright's own, which the page's policy refuses
        await player.evaluate("e => new Promise((done) => (e.ontimeupdate = () => e.currentTime > 0.3 && done()))")
        assert await player.evaluate("e => e.error") is None
        assert await player.evaluate("e => Math.round(e.duration)") == 3
    assert [line.what for line in audit.noted] == ["0f" * 32]
