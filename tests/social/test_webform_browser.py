"""A website's pages in a real browser: their scripts post to our form from another origin, and read the answer."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Page, expect
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from ingest_social.channels import webform
from parts.browser import Complaints
from parts.loopback import free_port
from parts.served import served
from peyvand.testing import MemoryBlobs, MemoryPublisher
from peyvand.webhook import Hook, Webhooks
from social.accounts import ORGANISATION, form_account

pytestmark = pytest.mark.real

HTML = """<!doctype html><html lang="fa"><meta charset="utf-8"><link rel="icon" href="data:,"><title>site</title>
<form method="post" enctype="multipart/form-data" action="{url}">
<input name="name" value="زهرا"><input name="mobile" value="۰۹۱۲۱۱۱۲۲۳۳"><textarea name="message">{message}</textarea>
<input type="file" name="photo"><input type="hidden" name="_next" value="/ok"><button>فرستادن</button></form></html>"""
FETCH = """async ([url, how]) => {
  const json = how === "json";
  const form = new FormData(document.querySelector("form"));
  const body = json ? JSON.stringify(Object.fromEntries([...form].filter(([, v]) => typeof v === "string"))) : form;
  const answer = await fetch(url, {method: "POST", body, headers: json ? {"Content-Type": "application/json"} : {}});
  return [answer.status, await answer.json()];
}"""


@dataclass
class Website:
    """A company's site at an origin of its own, and where its forms are posted to."""

    url: str
    form: str
    publisher: MemoryPublisher


@pytest.fixture
def website() -> Iterator[Website]:
    publisher, port = MemoryPublisher(), free_port()
    own = f"http://127.0.0.1:{port}"
    hook = Hook(webform.SOURCE, form_account(form=True, origins=[own], redirects=[own]))
    webhooks = Webhooks({"site": hook}, ORGANISATION, publisher, MemoryBlobs())
    with served(Starlette(routes=[webhooks.route()])) as peyvand:
        form = f"{peyvand}/webhooks/site"

        async def contact(_request: object) -> HTMLResponse:
            return HTMLResponse(HTML.format(url=form, message="سلام"))

        async def empty(_request: object) -> HTMLResponse:
            return HTMLResponse(HTML.format(url=form, message="").replace("۰۹۱۲۱۱۱۲۲۳۳", ""))

        async def thanks(_request: object) -> HTMLResponse:
            return HTMLResponse('<!doctype html><link rel="icon" href="data:,"><title>ok</title><h1>رسید</h1>')

        pages = Starlette(routes=[Route("/", contact), Route("/empty", empty), Route("/ok", thanks)])
        with served(pages, port):
            yield Website(own, form, publisher)


@pytest.mark.parametrize("how", ["json", "multipart"])
async def test_a_pages_script_posts_from_another_origin_and_reads_the_answer(
    page: Page, website: Website, how: str
) -> None:
    await page.goto(website.url)
    assert await page.evaluate(FETCH, [website.form, how]) == [200, {"accepted": True}]
    (event,) = website.publisher.events
    assert (event.text, event.parties[0].handles[0].value) == ("سلام", "+989121112233")


async def test_a_script_of_a_site_that_is_not_allowed_neither_posts_nor_reads(
    page: Page, website: Website, complaints: Complaints
) -> None:
    complaints.expect("blocked by CORS policy|Failed to load resource")
    await page.goto(website.url.replace("127.0.0.1", "localhost"))
    assert "Failed to fetch" in await page.evaluate(
        "async (url) => fetch(url, {method: 'POST', body: new URLSearchParams({message: 'x'})}).catch(String)",
        website.form,
    )
    assert website.publisher.readings == []


async def test_a_visitor_sends_a_file_and_lands_on_the_page_that_the_form_names(
    page: Page, website: Website, tmp_path: Path
) -> None:
    picture = tmp_path / "عکس.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(60))
    await page.goto(website.url)
    await page.set_input_files("input[type=file]", picture)
    await page.locator("button").click()
    await expect(page).to_have_url(f"{website.url}/ok")
    (event,) = website.publisher.events
    assert [(f.name, f.sniffed_type, f.state) for f in event.attachments] == [("عکس.png", "image/png", "stored")]


async def test_a_visitor_who_wrote_nothing_reads_what_is_missing(
    page: Page, website: Website, complaints: Complaints
) -> None:
    complaints.expect("422")
    await page.goto(f"{website.url}/empty")
    await page.locator("button").click()
    await expect(page.locator("h1")).to_have_text("Something in the form is missing or wrong")
    assert website.publisher.readings == []
