"""The website's forms as browsers meet them: pages for people, JSON for scripts, limits, files, where one goes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from ingest_social.channels import webform
from ingest_social.pace import Pace, network
from peyvand.errors import BadPayload
from peyvand.testing import CAPTURED_AT, MemoryBlobs, MemoryPublisher
from peyvand.webhook import Hook, Webhooks
from social.accounts import ORGANISATION, form_account
from social.posts import BODY, OPEN, SITE, browser, event, handles, signed

PAGE = {"origin": SITE, "accept": "text/html,*/*;q=0.8", "sec-fetch-mode": "navigate"}
SCRIPT = {"origin": SITE, "accept": "*/*", "sec-fetch-mode": "cors"}
PNG = b"\x89PNG\r\n\x1a\n" + bytes(60)


@asynccontextmanager
async def form(publisher: MemoryPublisher | None = None, **account: Any) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client of a served form."""
    hook = Hook(webform.SOURCE, form_account(**{"form": True, "origins": [SITE], **account}))
    taken = publisher or MemoryPublisher()
    webhooks = Webhooks({"site": hook}, ORGANISATION, taken, MemoryBlobs(), now=lambda: CAPTURED_AT)
    transport = httpx.ASGITransport(Starlette(routes=[webhooks.route()]))
    async with httpx.AsyncClient(transport=transport, base_url="https://peyvand.example.ir") as client:
        yield client


async def test_a_visitor_reads_why_a_form_was_not_taken_in_the_browsers_language() -> None:
    async with form() as client:
        persian = await client.post("/webhooks/site", data={"name": "Ali"}, headers={**PAGE, "accept-language": "fa"})
        english = await client.post("/webhooks/site", data={"name": "Ali"}, headers={**PAGE, "accept-language": "en"})
    assert (persian.status_code, english.status_code) == (422, 422)
    assert "دست‌کم یکی از این‌ها لازم است" in persian.text
    assert "at least one of them is needed" in english.text


async def test_a_visitor_reads_which_field_it_is_and_nothing_of_ours() -> None:
    async with form() as client:
        sent = {"message": "x", "subject": "<b>" * 500}
        refused = await client.post("/webhooks/site", data=sent, headers={**PAGE, "accept-language": "en"})
    assert "Look at this field: subject" in refused.text
    assert "<b>" not in refused.text


async def test_a_script_gets_json_that_its_browser_lets_it_read() -> None:
    async with form() as client:
        taken = await client.post("/webhooks/site", data={"message": "x"}, headers=SCRIPT)
        refused = await client.post("/webhooks/site", data={"name": "x"}, headers=SCRIPT)
    assert (taken.json(), refused.json()["status"]) == ({"accepted": True}, 422)
    assert {a.headers["access-control-allow-origin"] for a in (taken, refused)} == {SITE}
    assert {a.headers["vary"] for a in (taken, refused)} == {"Origin"}


async def test_another_sites_script_may_neither_post_nor_read() -> None:
    async with form() as client:
        refused = await client.post(
            "/webhooks/site", data={"message": "x"}, headers={**SCRIPT, "origin": "https://a.co"}
        )
    assert (refused.status_code, "access-control-allow-origin" in refused.headers) == (403, False)


@pytest.mark.parametrize(
    ("origin", "method", "status"),
    [(SITE, "POST", 204), (SITE, "DELETE", 403), ("https://evil.example", "POST", 403), ("null", "POST", 403)],
)
async def test_only_allowed_sites_are_told_that_they_may_post(origin: str, method: str, status: int) -> None:
    asked = {
        "origin": origin,
        "access-control-request-method": method,
        "access-control-request-headers": "content-type",
    }
    async with form() as client:
        told = await client.options("/webhooks/site", headers=asked)
    assert told.status_code == status
    assert told.headers.get("access-control-allow-headers") == (
        "Accept, Content-Type, X-Requested-With" if status == 204 else None
    )


async def test_a_form_that_takes_no_browsers_tells_no_site_anything() -> None:
    asked = {"origin": SITE, "access-control-request-method": "POST"}
    async with form(form=False) as client:
        assert (await client.options("/webhooks/site", headers=asked)).status_code == 403
        refused = await client.post("/webhooks/site", data={"message": "x"}, headers=SCRIPT)
    assert (refused.status_code, "access-control-allow-origin" in refused.headers) == (403, False)


async def test_who_posts_too_often_is_told_when_to_come_again() -> None:
    publisher = MemoryPublisher()
    async with form(publisher, visitor_limit=2) as client:
        for _ in range(2):
            assert (await client.post("/webhooks/site", data={"message": "x"}, headers=PAGE)).status_code == 200
        page = await client.post("/webhooks/site", data={"message": "x"}, headers={**PAGE, "accept-language": "en"})
        script = await client.post("/webhooks/site", data={"message": "x"}, headers=SCRIPT)
        call = signed(BODY)
        server = await client.post("/webhooks/site", content=call.body, headers=dict(call.headers))
    assert (page.status_code, page.headers["retry-after"], "Please wait a moment" in page.text) == (429, "30", True)
    assert (script.status_code, script.json()["title"]) == (429, "Too many requests")
    assert server.status_code == 403  # its secret is another's: it was not counted among visitors
    assert len(publisher.readings) == 2


async def test_all_visitors_together_have_a_limit_and_servers_one_of_their_own() -> None:
    secret = "whsec_QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo="
    async with form(form_limit=1, server_limit=1, secret=secret) as client:
        calls = [signed(sent=f"msg_{n}") for n in range(2)]
        servers = [await client.post("/webhooks/site", content=c.body, headers=dict(c.headers)) for c in calls]
        browsers = [await client.post("/webhooks/site", data={"message": "x"}, headers=PAGE) for _ in range(2)]
    assert [a.status_code for a in (*servers, *browsers)] == [200, 429, 200, 429]


def test_a_pace_lets_a_minutes_worth_in_at_once_and_the_rest_evenly() -> None:
    pace = Pace(3)
    assert [pace.take("a", 0), pace.take("a", 0), pace.take("a", 0), pace.take("a", 0)] == [None, None, None, 20]
    assert [pace.take("b", 0), pace.take("a", 19), pace.take("a", 20), pace.take("a", 20)] == [None, 1, None, 20]


def test_a_pace_forgets_who_came_longest_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest_social.pace.MOST", 2)
    pace = Pace(1)
    assert [pace.take(key, 0) for key in ("a", "b", "c", "b", "a")] == [None, None, None, 60, None]


@pytest.mark.parametrize(
    ("address", "counted"),
    [("192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"), ("::ffff:192.0.2.7", "192.0.2.7"),
     ("", ""), ("somewhere", "somewhere")],
)  # fmt: skip
def test_an_address_on_ipv6_is_counted_with_its_network(address: str, counted: str) -> None:
    assert network(address) == counted


async def test_what_was_uploaded_lies_in_the_blob_store_under_a_clean_name() -> None:
    publisher = MemoryPublisher()
    sent = {"photo": ("..\\..\\a\u202egpj.exe", PNG, "text/html"), "empty": ("", b"", "image/png")}
    async with form(publisher) as client:
        assert (
            await client.post("/webhooks/site", data={"message": "x"}, files=sent, headers=SCRIPT)
        ).status_code == 200
    (file,) = publisher.events[0].attachments
    assert (file.name, file.claimed_type, file.sniffed_type, file.state) == (
        "agpj.exe", "text/html", "image/png", "stored",
    )  # fmt: skip
    assert file.at == f"sha256:{file.sha256}"


@pytest.mark.parametrize(
    ("limit", "words"), [({"largest_file": 0}, "too large"), ({"most_files": 1}, "at most 1 files")]
)
async def test_more_and_larger_files_than_wanted_are_refused(limit: dict[str, Any], words: str) -> None:
    sent = [("a", ("a.png", PNG, "image/png")), ("b", ("b.png", PNG, "image/png"))]
    async with form(**limit) as client:
        refused = await client.post("/webhooks/site", data={"message": "x"}, files=sent, headers=SCRIPT)
    assert (refused.status_code, words in refused.json()["detail"]) == (422, True)


def test_a_scripts_json_is_read_like_a_form_and_links_no_customer_number() -> None:
    body = b'{"your-name":"Ali","mobile":"0912 111 2233","customer_id":77,"sizes":["S","M"],"ok":true,"message":"hi"}'
    call = replace(browser(("x", "y")), body=body, headers={"content-type": "application/json", "origin": SITE})
    found = event(call)
    assert (found.text, handles(found), found.parties[0].name) == ("hi", [("phone", "+989121112233")], "Ali")
    assert found.form is not None
    assert found.form.fields[-3:] == (("sizes", "S"), ("sizes", "M"), ("ok", "true"))


@pytest.mark.parametrize("body", [b"[1]", b'{"a":{"b":1},"message":"x"}', b'{"a":[[1]],"message":"x"}', b"{"])
def test_a_scripts_json_that_is_no_form_is_refused(body: bytes) -> None:
    call = replace(browser(("x", "y")), body=body, headers={"content-type": "application/json", "origin": SITE})
    with pytest.raises(BadPayload):
        event(call)


@pytest.mark.parametrize(
    ("asked", "goes"),
    [
        ("https://www.example.ir/ok?a=1#b", "https://www.example.ir/ok?a=1#b"),
        ("/سپاس", "https://www.example.ir/%D8%B3%D9%BE%D8%A7%D8%B3"),
        ("https://www.example.ir", "https://www.example.ir/"),
        ("https://evil.example/", None),
        ("//evil.example/", None),
        ("https://www.example.ir@evil.example/", None),
        ("https://www.example.ir\\@evil.example/", None),
        ("https://www.example.ir.evil.example/", None),
        ("javascript:alert(1)", None),
        ("https://www.example.ir/\r\nSet-Cookie: a=b", None),
        ("http://[::1", None),
        ("", None),
    ],
)
def test_a_form_sends_on_to_allowed_sites_only(asked: str, goes: str | None) -> None:
    own = "https://www.example.ir/thanks"
    account = form_account(form=True, origins=[SITE], redirect=own, redirects=[SITE])
    posted = browser(("message", "x"), ("_next", asked), referer=f"{SITE}/contact/")
    assert webform.answer(posted, account).headers["Location"] == (goes or own)


def test_without_allowed_sites_no_form_says_where_one_goes() -> None:
    assert webform.answer(browser(("message", "x"), ("_redirect", f"{SITE}/ok")), OPEN).status == 200
