"""Decisions in a real browser, without script: what our own page sends is taken, and what another site sends is not."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from playwright.async_api import Browser, Page, expect

from fakes.application import listening, serving
from fakes.memory_timelines import MemoryTimelines
from fakes.sayings import NOON, ORGANISATION, address, filled, mailed, person, said, telegram

pytestmark = pytest.mark.real

LEILA = address("leila@mail.example")


@asynccontextmanager
async def visited(chromium: Browser, timelines: MemoryTimelines) -> AsyncIterator[tuple[Page, str]]:
    async with listening(serving(timelines)) as url:
        context = await chromium.new_context(java_script_enabled=False, locale="en-GB")
        try:
            yield await context.new_page(), url
        finally:
            await context.close()


async def test_two_customers_are_joined_and_parted_without_script(chromium: Browser) -> None:
    timelines = MemoryTimelines(ORGANISATION)
    timelines.tell(
        mailed(person("Leila", LEILA), "invoice", "", key="1"),
        said(person("Omid", telegram(7)), "hello", key="2", at=NOON + timedelta(hours=1)),
    )
    async with visited(chromium, timelines) as (page, url):
        await page.goto(f"{url}/search?q=leila")
        await page.locator(".person-link").click()
        await page.get_by_text("Who this is: why, join, part, name").click()
        await page.locator("input[name=other]").fill("omid")
        await page.locator("#merge ~ form button").first.click()
        await page.get_by_role("button", name="One customer").click()
        await expect(page.locator(".done")).to_contain_text("It is decided.")
        await expect(page.locator("input[form=split]").first).to_be_visible()
        await page.locator(".done button").click()
        await expect(page.locator(".taken-back")).to_contain_text("One customer")
        await expect(page.locator("input[type=checkbox]")).to_have_count(0)


async def test_ticked_handles_are_split_off_without_script(chromium: Browser) -> None:
    timelines = MemoryTimelines(ORGANISATION)
    timelines.tell(filled(person("Leila", LEILA, telegram(7)), {"a": "b"}, key="1"))
    async with visited(chromium, timelines) as (page, url):
        await page.goto(f"{url}/search?q=leila")
        await page.locator(".person-link").click()
        await page.get_by_text("Who this is: why, join, part, name").click()
        await page.get_by_label("Somebody else's: 7").check()
        await page.get_by_role("button", name="The ticked handles are somebody else's").click()
        await expect(page.locator(".done")).to_contain_text("It is decided.")
    assert len({s.customer for s in timelines.known.handles.values()}) == 2


async def test_a_form_of_another_site_decides_nothing(chromium: Browser) -> None:
    timelines = MemoryTimelines(ORGANISATION)
    timelines.tell(mailed(person("Leila", LEILA), "invoice", "", key="1"))
    customer = next(iter(timelines.known.handles.values())).customer
    async with visited(chromium, timelines) as (page, url):
        target = f"{url}/customers/{customer}/name"
        # the same machine under its other name is another site to a browser
        form = f'<form action="{target}" method="post"><input name="name" value="evil"><button>Go</button></form>'
        await page.route("http://localhost:1/", lambda route: route.fulfill(body=form, content_type="text/html"))
        await page.goto("http://localhost:1/")
        async with page.expect_response(target) as answered:
            await page.get_by_role("button", name="Go").click()
        assert (await answered.value).status == 401
    assert timelines.verdicts == {}
