"""The pages in a real browser: both directions, live entries, hostile words, no script, a narrow screen."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, Page, Route, expect

from fakes.application import listening, serving
from fakes.memory_timelines import MemoryTimelines
from fakes.sayings import address, filled, mailed, person, rang, said, telegram
from fakes.story import LEILA_CHAT, NOW, TODAY, leila, story
from parts.browser import Complaints
from parts.loopback import free_port
from peyvand.event import Attachment, CallResult, Change, Flag
from timeline import web

pytestmark = pytest.mark.real


@dataclass
class Site:
    """A running service with one well-known customer."""

    url: str
    timelines: MemoryTimelines

    async def customer(self, q: str = "لیلا") -> str:
        async with httpx.AsyncClient() as http:
            found = (await http.get(f"{self.url}/v1/customers", params={"q": q})).json()
        return f"{self.url}/customers/{found['customers'][0]['customer']['id']}"


@asynccontextmanager
async def site(timelines: MemoryTimelines | None = None, port: int | None = None) -> AsyncIterator[Site]:
    if timelines is None:
        timelines = MemoryTimelines()
        timelines.tell(*story())
    async with listening(serving(timelines, now=lambda: NOW, banner=web.DEMO_BANNER), port) as url:
        yield Site(url, timelines)


def writes(text: str, at: Any = NOW, **more: Any) -> Any:
    return said(leila(LEILA_CHAT), text, key=text, at=at, **more)


async def live(page: Page) -> None:
    await expect(page.locator("#live[data-state=open]")).to_be_visible()


async def test_the_page_is_persian_and_runs_from_the_right(page: Page) -> None:
    async with site() as opened:
        await page.goto(f"{await opened.customer()}?lang=fa")
        assert await page.evaluate("getComputedStyle(document.body).direction") == "rtl"
        assert await page.evaluate("document.fonts.check('15px Vazirmatn')")
        await expect(page.locator("h1")).to_have_text("لیلا کریمی")
        # Who it is stands at the start of the line: on the right.
        who, stream = await page.locator(".who").bounding_box(), await page.locator("#stream").bounding_box()
        assert who is not None
        assert stream is not None
        assert who["x"] > stream["x"] + stream["width"]
        number = page.locator(".handle-value", has_text="989123456789")
        assert await number.evaluate("e => getComputedStyle(e).direction") == "ltr"


async def test_the_page_is_english_and_runs_from_the_left(page: Page) -> None:
    async with site() as opened:
        await page.goto(f"{await opened.customer()}?lang=en")
        assert await page.evaluate("getComputedStyle(document.body).direction") == "ltr"
        await expect(page.locator(".day-title").first).to_contain_text("Sunday 4 October 2026")
        # Each text runs its own way, whatever the page's language.
        persian = page.locator(".text > div", has_text="از بله هم پیام می‌دهم").first
        assert await persian.evaluate("e => getComputedStyle(e).direction") == "rtl"


async def test_the_language_is_changed_by_a_click_and_stays(page: Page) -> None:
    async with site() as opened:
        await page.goto(f"{await opened.customer()}?lang=fa")
        await page.get_by_role("link", name="English").click()
        await expect(page.locator("html")).to_have_attribute("lang", "en")
        await page.get_by_role("link", name="Connectors").click()
        await expect(page.locator("html")).to_have_attribute("lang", "en")


async def test_an_entry_appears_on_top_without_a_reload(page: Page) -> None:
    async with site() as opened:
        await page.goto(await opened.customer())
        await live(page)
        await page.evaluate("window.stayed = true")
        opened.timelines.tell(writes("همین حالا آمد"))
        await expect(page.locator(".entry").first).to_contain_text("همین حالا آمد")
        assert await page.evaluate("window.stayed")


async def test_an_edit_takes_the_place_of_what_is_shown(page: Page) -> None:
    async with site() as opened:
        await page.goto(await opened.customer())
        await live(page)
        before = await page.locator(".entry").count()
        opened.timelines.tell(
            said(
                leila(LEILA_CHAT), "ممنونم، عالی بود", key="t4", change=Change.EDITED, change_key="x", order="9", at=NOW
            )
        )
        await expect(page.locator(".entry", has_text="ممنونم، عالی بود")).to_be_visible()
        assert await page.locator(".entry").count() == before


async def test_what_comes_late_goes_where_it_belongs(page: Page) -> None:
    async with site() as opened:
        await page.goto(await opened.customer())
        await live(page)
        opened.timelines.tell(writes("از میان روز", TODAY - timedelta(minutes=5), late=timedelta(hours=2)))
        late = page.locator(".entry", has_text="از میان روز")
        await expect(late).to_be_visible()
        order = await page.locator(".entry").evaluate_all("all => all.map((e) => e.dataset.sort)")
        assert order == sorted(order, reverse=True)
        opened.timelines.tell(writes("روزی که نبود", TODAY - timedelta(days=3)))
        await expect(page.locator(".day[data-day='2026-10-01'] .entry", has_text="روزی که نبود")).to_be_visible()
        days = await page.locator(".day").evaluate_all("all => all.map((d) => d.dataset.day)")
        assert days == sorted(days, reverse=True)


async def test_a_filtered_page_shows_only_what_it_asks_for(page: Page) -> None:
    async with site() as opened:
        await page.goto(f"{await opened.customer()}?channel=email")
        await live(page)
        opened.timelines.tell(writes("گپ"))
        opened.timelines.tell(mailed(leila(address("leila.karimi@mail.example")), "نامه", "نو", key="new", at=NOW))
        await expect(page.locator(".entry").first).to_contain_text("نامه")
        await expect(page.locator(".entry", has_text="گپ")).to_have_count(0)


async def test_nothing_falls_between_the_page_and_its_stream(page: Page) -> None:
    async with site() as opened:

        async def between(route: Route) -> None:
            opened.timelines.tell(writes("در این میان"))
            await route.continue_()

        await page.route("**/live.js*", between)
        await page.goto(await opened.customer())
        await expect(page.locator(".entry").first).to_contain_text("در این میان")


async def test_a_lost_line_is_shown_and_resumed_without_a_gap(page: Page, complaints: Complaints) -> None:
    complaints.expect("ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE")
    timelines, port = MemoryTimelines(), free_port()
    timelines.tell(*story())
    async with site(timelines, port) as opened:
        await page.goto(await opened.customer())
        await live(page)
        timelines.tell(writes("پیش از قطع"))
        await expect(page.locator(".entry").first).to_contain_text("پیش از قطع")
    await expect(page.locator("#live[data-state=lost]")).to_be_visible()
    timelines.tell(writes("وقتی خط قطع بود", NOW + timedelta(minutes=1)))
    async with site(timelines, port):
        await live(page)
        await expect(page.locator(".entry").first).to_contain_text("وقتی خط قطع بود")
        timelines.tell(writes("پس از وصل", NOW + timedelta(minutes=2)))
        await expect(page.locator(".entry").first).to_contain_text("پس از وصل")
        shown = await page.locator(".entry").evaluate_all("all => all.map((e) => e.id)")
        assert len(shown) == len(set(shown))


async def test_a_store_that_is_away_is_asked_again(page: Page, complaints: Complaints) -> None:
    complaints.expect("503")
    async with site() as opened:
        await page.goto(await opened.customer())
        await live(page)
        opened.timelines.away = True
        opened.timelines.tell(writes("در نبود پایگاه"))
        await expect(page.locator("#live[data-state=lost]")).to_be_visible()
        await until(lambda: bool(complaints.heard))  # 503: at which a browser gives up by itself
        opened.timelines.away = False
        await expect(page.locator(".entry").first).to_contain_text("در نبود پایگاه", timeout=20_000)


async def test_a_page_that_nobody_looks_at_gives_its_line_back(page: Page) -> None:
    async with site() as opened:
        await page.goto(await opened.customer())
        await live(page)
        await until(lambda: opened.timelines.watchers == 1)
        await page.evaluate(HIDE)
        await until(lambda: opened.timelines.watchers == 0)
        opened.timelines.tell(writes("ندیده"))
        await page.evaluate(SHOW)
        await expect(page.locator(".entry").first).to_contain_text("ندیده")


async def test_a_regrouped_customer_is_told_of(page: Page) -> None:
    async with site() as opened:
        await page.goto(await opened.customer())
        await live(page)
        opened.timelines.tell(
            filled(leila(LEILA_CHAT, telegram(999)), {"a": "b"}, key="more", at=NOW - timedelta(days=900))
        )
        opened.timelines.tell(
            filled(leila(LEILA_CHAT, address("tom.becker@shop.example")), {"a": "b"}, key="join", at=NOW)
        )
        await expect(page.locator("#regrouped")).to_be_visible()


async def test_the_first_page_fills_by_itself(page: Page) -> None:
    async with site(MemoryTimelines()) as opened:
        await page.goto(opened.url)
        await live(page)
        await expect(page.locator(".empty")).to_be_visible()
        opened.timelines.tell(writes("نخستین پیام"))
        await expect(page.locator(".person")).to_contain_text("نخستین پیام")


async def test_a_search_finds_while_it_is_typed(page: Page) -> None:
    async with site() as opened:
        await page.goto(opened.url)
        await page.locator("input[type=search]").press_sequentially("Becker")
        await expect(page.locator(".person")).to_have_count(1)
        await expect(page.locator(".person")).to_contain_text("Tom Becker")


async def test_older_entries_come_below_each_day_once(page: Page) -> None:
    timelines = MemoryTimelines()
    timelines.tell(*(writes(f"پیام {n:03}", TODAY - timedelta(hours=n)) for n in range(90)))
    async with site(timelines) as opened:
        await page.goto(await opened.customer("پیام"))
        await page.locator(".older").click()
        await expect(page.locator(".entry")).to_have_count(80)
        await page.locator(".older").click()
        await expect(page.locator(".entry")).to_have_count(90)
        await expect(page.locator(".older")).to_have_count(0)
        days = await page.locator(".day").evaluate_all("all => all.map((d) => d.dataset.day)")
        assert len(days) == len(set(days))


async def test_new_entries_are_counted_for_who_reads_further_down(page: Page) -> None:
    async with site() as opened:
        await page.goto(f"{await opened.customer()}?lang=fa")
        await live(page)
        await page.evaluate("scrollTo({top: 900, behavior: 'instant'})")
        opened.timelines.tell(writes("یک"))
        opened.timelines.tell(writes("دو", NOW + timedelta(seconds=1)))
        await expect(page.locator("#fresh")).to_have_text("۲ مورد تازه")
        await page.locator("#fresh").click()
        await expect(page.locator("#fresh")).to_be_hidden()
        await expect(page.locator(".entry").first).to_be_in_viewport()


ATTACK = "<img src=x onerror=\"document.title='evil'\"><script>document.title='evil'</script>"
QUOTES = "\"'><svg onload=\"document.title='evil'\">"


def attacks() -> list[Any]:
    by = person(ATTACK, address("evil@mail.example"), telegram(66))
    file = Attachment(name=f"{ATTACK}{QUOTES}.pdf", size=3)
    more = {"quoted": ATTACK, "attachments": (file,), "flags": (Flag(name=QUOTES, why=ATTACK),)}
    return [
        mailed(by, ATTACK + QUOTES, ATTACK, key="1", **more),
        said(by, QUOTES, key="2", to=(person(QUOTES, telegram(67)),)),
        filled(by, {QUOTES: ATTACK}, key="3"),
        rang(by, CallResult.ANSWERED, key="4", queue=ATTACK, agent=QUOTES),
    ]


async def test_hostile_words_never_run(page: Page) -> None:
    timelines = MemoryTimelines()
    timelines.tell(*attacks()[:1])
    async with site(timelines) as opened:
        address_ = await opened.customer("evil")
        await page.goto(address_)
        await live(page)
        for event in attacks()[1:]:
            timelines.tell(event)  # the live way in
        await expect(page.locator(".entry")).to_have_count(4)
        interaction = next(iter(timelines.events.values())).interaction_id
        for path in (
            address_,
            opened.url,
            f"{opened.url}/search?q={QUOTES}",
            f"{opened.url}/interactions/{interaction}",
        ):
            await page.goto(path)
            await page.wait_for_load_state("networkidle") if path.endswith(str(interaction)) else None
            assert await page.locator("main img, main script, main svg[onload]").count() == 0
            assert await page.title() != "evil"


async def test_what_breaks_the_policy_is_refused_and_heard(page: Page, complaints: Complaints) -> None:
    complaints.expect("(?i)content.security.policy")
    async with site() as opened:
        await page.goto(opened.url)
        await page.evaluate(
            "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.ran = 1'}))"
        )
        assert await page.evaluate("window.ran") is None
        assert any("script-src" in words for words in complaints.heard)


async def test_everything_can_be_read_without_script(chromium: Browser) -> None:
    async with site() as opened:
        context = await chromium.new_context(java_script_enabled=False, locale="en-GB")
        page = await context.new_page()
        await page.goto(opened.url)
        await page.locator(".person-link", has_text="لیلا").click()
        await expect(page.locator(".entry", has_text="از بله هم پیام می‌دهم")).to_be_visible()
        await page.locator(".fold.rest summary").click()
        await expect(page.get_by_text("ردیف 24 از فهرست")).to_be_visible()
        await page.locator(".chip", has_text="Phone").click()
        await expect(page.locator(".entry")).to_have_count(2)
        await page.locator(".chip", has_text="All").click()
        await page.locator(".dates summary").click()
        await page.locator("input[name=to]").fill("2026-10-03")
        await page.locator(".dates-form button").click()
        await expect(page.locator(".day-title").first).to_contain_text("3 October 2026")
        await page.locator("input[type=search]").fill("becker")
        await page.locator("input[type=search]").press("Enter")
        await expect(page.locator(".person")).to_have_count(1)
        await context.close()


async def test_older_pages_can_be_reached_without_script(chromium: Browser) -> None:
    timelines = MemoryTimelines()
    timelines.tell(*(writes(f"پیام {n:03}", TODAY - timedelta(hours=n)) for n in range(50)))
    async with site(timelines) as opened:
        context = await chromium.new_context(java_script_enabled=False)
        page = await context.new_page()
        await page.goto(await opened.customer("پیام"))
        await page.locator(".older").click()
        await expect(page.locator(".entry")).to_have_count(10)
        await expect(page.locator(".entry").last).to_contain_text("پیام 049")
        await context.close()


@pytest.mark.parametrize("language", ["fa", "en"])
async def test_a_narrow_screen_needs_no_sideways_scroll(page: Page, language: str) -> None:
    await page.set_viewport_size({"width": 360, "height": 780})
    async with site() as opened:
        long = await opened.customer("Extraordinarily")
        for path in (
            opened.url,
            await opened.customer(),
            long,
            f"{opened.url}/status",
            f"{opened.url}/search?q={'x' * 90}",
        ):
            await page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
            await page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
            assert await page.evaluate("document.documentElement.scrollWidth") == 360, path


async def test_the_keyboard_reaches_everything_and_shows_where_it_is(page: Page) -> None:
    async with site() as opened:
        await page.goto(f"{opened.url}?lang=en")
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.textContent") == "Skip to the content"
        reached = set()
        for _ in range(12):
            await page.keyboard.press("Tab")
            reached.add(await page.evaluate("document.activeElement.className || document.activeElement.name"))
            outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none"
        assert {"brand", "q", "person-link"} <= reached


async def test_the_page_can_be_looked_at(page: Page, screenshot: Callable[[str], Awaitable[Path]]) -> None:
    async with site() as opened:
        customer = await opened.customer()
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)
            await page.goto(f"{customer}?lang=fa")
            await live(page)
            assert (await screenshot(f"customer-fa-{scheme}")).stat().st_size > 50_000


HIDE = """
Object.defineProperty(document, "hidden", { value: true, configurable: true });
document.dispatchEvent(new Event("visibilitychange"));
"""
SHOW = HIDE.replace("true,", "false,", 1)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.02)
