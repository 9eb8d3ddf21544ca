"""The browser that tests get shows Persian, and what a page complains of fails its test."""

import pytest
from playwright.async_api import Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from parts.browser import Complaints
from parts.served import served

pytestmark = pytest.mark.real


def quiet(_: Request) -> Response:
    return HTMLResponse("<link rel=icon href=data:,><html lang=fa dir=rtl><h1>پیوند</h1>")


def loud(_: Request) -> Response:
    page = "<link rel=icon href=data:,><script>boom()</script>"
    return HTMLResponse(page, headers={"Content-Security-Policy": "script-src 'none'; img-src data:"})


def thrower(_: Request) -> Response:
    return HTMLResponse("<link rel=icon href=data:,><script>throw new Error('boom')</script>")


APPLICATION = Starlette(routes=[Route("/", quiet), Route("/loud", loud), Route("/thrower", thrower)])


async def test_a_page_opens(page: Page) -> None:
    with served(APPLICATION) as url:
        await page.goto(url)
        assert await page.inner_text("h1") == "پیوند"


async def test_a_refusal_of_the_content_security_policy_is_heard(page: Page, complaints: Complaints) -> None:
    complaints.expect("(?i)content.security.policy")
    with served(APPLICATION) as url:
        await page.goto(f"{url}/loud")
    assert complaints.heard


async def test_an_uncaught_exception_is_heard(page: Page, complaints: Complaints) -> None:
    complaints.expect("uncaught: .*boom")
    with served(APPLICATION) as url:
        await page.goto(f"{url}/thrower")
    assert complaints.unexpected() == []
    assert complaints.heard


async def test_only_loopback_is_within_reach(page: Page) -> None:
    with pytest.raises(Exception, match="ERR_NAME_NOT_RESOLVED"):
        await page.goto("http://peyvand.example/")
