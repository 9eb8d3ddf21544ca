"""The pages on which people decide: forms without script, what they change, and who may not send them."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import httpx
import pytest
from pydantic import SecretStr

from fakes.application import application, client
from fakes.memory_timelines import MemoryTimelines
from fakes.sayings import NOON, ORGANISATION, address, filled, mailed, number, person, rang, said, telegram
from fakes.story import NOW
from peyvand.event import CallResult, Role
from peyvand.identity import Proof, Rules
from peyvand.settings import ApiToken
from timeline.folds.identity.clusters import CAP, DIFFERENT, EXCLUSIVE, LARGE, NAME
from timeline.folds.identity.profile import FIELDS
from timeline.folds.identity.sharing import DECIDED, GENERIC, LANDLINE, MANY, NAMES
from timeline.folds.identity.verdicts import VerdictKind
from timeline.nonsense import Nonsense
from timeline.reasons import Rule
from timeline.web import wording

SALES = ApiToken(name="sales", token=SecretStr("a-token-of-the-sales-team"), teams=("sales",))
OURS = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin", "Accept-Language": "en"}
LEILA, MOBILE, SWITCHBOARD = address("leila@mail.example"), number("0912 345 6789"), number("021 8888 0000")
HOSTILE = "\"'><img src=x onerror=\"document.title='evil'\">"


@pytest.fixture
def timelines() -> MemoryTimelines:
    return MemoryTimelines(ORGANISATION)


@pytest.fixture
async def http(timelines: MemoryTimelines) -> AsyncIterator[httpx.AsyncClient]:
    ticks = count()  # of two verdicts on one thing the newest stands
    made_of = application(timelines, tokens=(SALES,), now=lambda: NOW + timedelta(seconds=next(ticks)))
    async with client(made_of) as made:
        yield made


async def shown(http: httpx.AsyncClient, path: str, status: int = 200, /, lang: str = "en", **query: Any) -> str:
    answer = await http.get(path, params=query or None, headers={"Accept-Language": lang})
    assert answer.status_code == status, answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert not re.search(r"<script(?![^>]*\ssrc=)|\sstyle=", answer.text)
    return answer.text


async def sent(http: httpx.AsyncClient, path: str, **fields: Any) -> str:
    """Send a form as our own page does, and return the page to which it leads."""
    answer = await http.post(path, data=fields, headers=OURS)
    assert answer.status_code == 303, answer.text
    where = answer.headers["location"]
    assert where.startswith("/")
    return await shown(http, where)


async def customer(http: httpx.AsyncClient, value: str) -> Any:
    for hit in (await http.get("/v1/customers", params={"q": value})).json()["customers"]:
        if value in {h["value"] for h in hit["customer"]["handles"]}:
            return hit["customer"]
    raise AssertionError(f"nobody has {value}")


def act(page: str) -> str:
    """Return the first decision that a page offers to take back."""
    found = re.search(r'action="/decisions/([0-9a-f-]+)/revoke"', page)
    assert found is not None
    return found[1]


def leila_and_omid(timelines: MemoryTimelines) -> None:
    timelines.tell(
        mailed(person("Leila", LEILA), "invoice", "", key="1"),
        said(person("Omid", telegram(7)), "hello", key="2", at=NOON + timedelta(hours=1)),
    )


async def test_a_customer_is_joined_with_one_that_was_searched_for_and_parted_again(
    http: httpx.AsyncClient, timelines: MemoryTimelines
) -> None:
    leila_and_omid(timelines)
    leila, omid = await customer(http, "leila@mail.example"), await customer(http, "7")
    base = f"/customers/{leila['id']}"
    page = await shown(http, f"{base}/identity", other="omid")
    assert f'action="{base}/merge"' in page
    assert f'value="{omid["id"]}"' in page
    page = await sent(http, f"{base}/merge", other=omid["id"], why="she said so", key="k")
    assert "It is decided." in page
    assert "she said so" in page
    assert (await customer(http, "7"))["id"] == leila["id"]
    page = await sent(http, f"/decisions/{act(page)}/revoke")
    assert "Taken back" in page
    assert await customer(http, "7") == omid


async def test_another_customer_is_found_by_the_link_of_the_page_too(
    http: httpx.AsyncClient, timelines: MemoryTimelines
) -> None:
    leila_and_omid(timelines)
    leila, omid = await customer(http, "leila@mail.example"), await customer(http, "7")
    link = f"http://localhost/customers/{omid['id']}?lang=en"
    assert omid["id"] in await shown(http, f"/customers/{leila['id']}/identity", other=link)
    itself = await shown(http, f"/customers/{leila['id']}/identity", other=leila["id"])
    assert "Nobody else found for" in itself


async def test_a_form_that_is_sent_twice_decides_once(http: httpx.AsyncClient, timelines: MemoryTimelines) -> None:
    leila_and_omid(timelines)
    leila, omid = await customer(http, "leila@mail.example"), await customer(http, "7")
    for _ in range(2):
        await sent(http, f"/customers/{leila['id']}/merge", other=omid["id"], key="k")
    assert len(timelines.verdicts) == 1


async def test_ticked_handles_are_split_off(http: httpx.AsyncClient, timelines: MemoryTimelines) -> None:
    timelines.tell(filled(person("Leila", LEILA, MOBILE, telegram(7)), {"a": "b"}, key="1"))
    whole = await customer(http, "7")
    base = f"/customers/{whole['id']}"
    page = await shown(http, f"{base}/identity")
    assert page.count('name="handle"') == 3
    moved = [h["id"] for h in whole["handles"] if h["kind"] != "email"]
    await sent(http, f"{base}/split", handle=moved, back=f"{base}/identity")
    assert len((await customer(http, "leila@mail.example"))["handles"]) == 1
    assert len((await customer(http, "7"))["handles"]) == 2


async def test_the_page_says_why_each_handle_is_here_and_what_was_not_joined(
    http: httpx.AsyncClient, timelines: MemoryTimelines
) -> None:
    proved = MOBILE.model_copy(update={"proof": Proof.VIA})
    first = filled(person("Ali Rezaei", address("ali@mail.example"), proved), {"a": "b"}, key="1")
    timelines.tell(first, filled(person("Maryam Hosseini", LEILA, MOBILE), {"a": "b"}, key="2"))
    path = f"/customers/{(await customer(http, 'ali@mail.example'))['id']}/identity"
    page = await shown(http, path)
    assert "It was seen as one person&#39;s with" in page
    assert "one of the two is proved" in page
    assert f"/interactions/{first.interaction_id}?customer=" in page
    assert re.search(r"Not joined with .*leila@mail\.example.*: the names do not agree", page)
    assert "Maybe the same person" in page
    persian = await shown(http, path, lang="fa")
    assert "نام‌ها با هم نمی‌خواند" in persian
    assert "یکی از دو تا تأیید شده است" in persian


async def test_the_review_queue_is_worked_off(http: httpx.AsyncClient, timelines: MemoryTimelines) -> None:
    proved = MOBILE.model_copy(update={"proof": Proof.VIA})
    timelines.tell(
        filled(person("Ali Rezaei", address("ali@mail.example"), proved), {"a": "b"}, key="1"),
        filled(person("Maryam Hosseini", LEILA, MOBILE), {"a": "b"}, key="2", at=NOON + timedelta(hours=1)),
    )
    page = await shown(http, "/suggestions")
    assert "the names do not agree" in page
    pair = dict(re.findall(r'name="(a|b)" value="([0-9a-f-]+)"', page))
    page = await sent(http, "/suggestions/confirm", **pair, back="/suggestions")
    assert "Nothing waits for a decision." in page
    page = await sent(http, f"/decisions/{act(page)}/revoke", back="/suggestions")
    assert "Ali Rezaei" in page
    await sent(http, "/suggestions/dismiss", **pair, back="/suggestions")
    assert "Need not be suggested" in await shown(http, "/decisions")


async def test_the_review_queue_has_pages_and_each_customer_what_concerns_him(
    http: httpx.AsyncClient, timelines: MemoryTimelines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("timeline.web.review.SUGGESTIONS", 2)
    for n in range(3):
        written = number(f"0912 345 111{n}")
        timelines.tell(
            filled(
                person("Ali", address(f"ali{n}@mail.example"), written.model_copy(update={"proof": Proof.VIA})),
                {"a": "b"}, key=f"a{n}",
            ),
            filled(person("Maryam", address(f"m{n}@mail.example"), written), {"a": "b"}, key=f"m{n}"),
        )  # fmt: skip
    first = await shown(http, "/suggestions")
    further = re.search(r'href="(/suggestions\?cursor=[^"]+)"', first)
    assert further is not None
    rest = await shown(http, further[1])
    assert [page.count("the names do not agree") for page in (first, rest)] == [2, 1]
    assert ("Back to the likeliest" in first, "Back to the likeliest" in rest) == (False, True)
    last = await customer(http, "m2@mail.example")
    assert (await shown(http, f"/customers/{last['id']}/identity")).count("the names do not agree") == 2  # and why
    await shown(http, "/suggestions?cursor=x", 404)


async def test_why_something_was_decided_can_be_said_in_every_form_and_is_told(
    http: httpx.AsyncClient, timelines: MemoryTimelines
) -> None:
    proved = MOBILE.model_copy(update={"proof": Proof.VIA})
    timelines.tell(
        filled(person("Ali Rezaei", address("ali@mail.example"), proved), {"a": "b"}, key="1"),
        filled(person("Maryam Hosseini", LEILA, MOBILE), {"a": "b"}, key="2", at=NOON + timedelta(hours=1)),
    )
    ali = await customer(http, "ali@mail.example")
    mobile = next(h["id"] for h in ali["handles"] if h["kind"] == "phone")
    queue = await shown(http, "/suggestions")
    for page in (queue, await shown(http, f"/customers/{ali['id']}/identity"), await shown(http, f"/handles/{mobile}")):
        for form in re.findall(r"<form.*?</form>", page, re.DOTALL):
            asks = re.search(r'action="[^"]*/(confirm|shared|personal|merge|not-a-customer)"', form)
            assert asks is None or 'name="why"' in form, form
    pair = dict(re.findall(r'name="(a|b)" value="([0-9a-f-]+)"', queue))
    await sent(http, "/suggestions/dismiss", **pair, why="two sisters-in-law", back="/suggestions")
    await sent(http, f"/handles/{mobile}/shared", why="the whole family", back=f"/handles/{mobile}")
    await sent(http, f"/handles/{mobile}/personal", why="only his now", back=f"/handles/{mobile}")
    await sent(http, f"/customers/{ali['id']}/not-a-customer", reason="supplier", why="sells us paper")
    told = await shown(http, "/decisions")
    for why in ("two sisters-in-law", "the whole family", "only his now", "sells us paper"):
        assert f'<bdi dir="auto">{why}</bdi>' in told


async def test_a_name_a_word_and_no_customer_stand_on_the_page(
    http: httpx.AsyncClient, timelines: MemoryTimelines
) -> None:
    leila_and_omid(timelines)
    base = f"/customers/{(await customer(http, 'leila@mail.example'))['id']}"
    await sent(http, f"{base}/name", name="Leila Karimi")
    await sent(http, f"{base}/tag", tag="vip")
    page = await shown(http, base)
    assert '<h1 id="who"><bdi>Leila Karimi</bdi></h1>' in page
    assert '<span class="badge"><bdi>vip</bdi></span>' in page
    page = await sent(http, f"{base}/not-a-customer", reason="newsletter")
    assert "Hidden from lists and search." in page
    assert "Leila Karimi" not in await shown(http, "/")
    await sent(http, f"/decisions/{act(page)}/revoke", back="/decisions")
    assert "Leila Karimi" in await shown(http, "/")


async def test_an_interaction_is_moved_to_whom_was_searched_for(
    http: httpx.AsyncClient, timelines: MemoryTimelines
) -> None:
    leila_and_omid(timelines)
    omid, event = await customer(http, "7"), next(iter(timelines.events.values()))
    here = f"/interactions/{event.interaction_id}"
    page = await shown(http, here, to="omid")
    assert f'action="{here}/move"' in page
    page = await sent(http, f"{here}/move", handle=omid["handles"][0]["id"], back=here)
    assert "somebody moved it here" in page
    assert "invoice" in await shown(http, f"/customers/{omid['id']}")


async def test_a_shared_handle_has_a_page_with_what_came_through_it_and_who_was_seen_with_it(
    http: httpx.AsyncClient, timelines: MemoryTimelines
) -> None:
    timelines.tell(
        rang(person(None, SWITCHBOARD, role=Role.CALLER), CallResult.MISSED, key="c1"),
        filled(person("Leila", LEILA, SWITCHBOARD), {"a": "b"}, key="1"),
    )
    handle = (await customer(http, "+982188880000"))["handles"][0]["id"]
    page = await shown(http, f"/handles/{handle}")
    assert "it is a landline or a service number" in page
    assert "Missed call" in page
    assert "Leila" in page
    assert "Leila" in await shown(http, f"/companies/{handle}")
    page = await sent(http, f"/handles/{handle}/personal", back=f"/handles/{handle}")
    assert "It is the handle of" in page
    await sent(http, f"/handles/{handle}/shared", back=f"/handles/{handle}")
    assert "somebody decided so" in await shown(http, f"/handles/{handle}")


async def test_a_company_is_the_people_with_addresses_at_its_domain(
    http: httpx.AsyncClient, timelines: MemoryTimelines
) -> None:
    timelines.tell(
        mailed(person("Leila", address("leila@factory.example")), "a", "", key="1"),
        mailed(person("Omid", address("omid@factory.example")), "a", "", key="2"),
        mailed(person("Tom", address("tom@elsewhere.example")), "a", "", key="3"),
    )
    page = await shown(http, "/companies/factory.example")
    assert [name in page for name in ("Leila", "Omid", "Tom")] == [True, True, False]
    identity = f"/customers/{(await customer(http, 'leila@factory.example'))['id']}/identity"
    assert 'href="/companies/factory.example"' in await shown(http, identity)
    await shown(http, "/companies/gmail.com", 404)


async def test_unknown_callers_are_those_of_whom_nothing_but_a_number_is_known(
    http: httpx.AsyncClient, timelines: MemoryTimelines
) -> None:
    leila_and_omid(timelines)
    timelines.tell(rang(person(None, MOBILE, role=Role.CALLER), CallResult.MISSED, key="c1"))
    page = await shown(http, "/unknown")
    assert page.count('class="person"') == 1
    assert "+989123456789" in page
    base = f"/customers/{(await customer(http, '+989123456789'))['id']}"
    await sent(http, f"{base}/name", name="Sara")
    assert "Nobody calls whom you do not know." in await shown(http, "/unknown")


async def test_unknown_callers_and_calls_without_a_number_have_pages(
    http: httpx.AsyncClient, timelines: MemoryTimelines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("timeline.web.handles.UNKNOWN", 2)
    monkeypatch.setattr("timeline.web.handles.ENTRIES", 2)
    for n in range(3):
        at = NOON + timedelta(minutes=n)
        caller, nobody = (person(None, *handles, role=Role.CALLER) for handles in ([number(f"0912 345 111{n}")], []))
        timelines.tell(
            rang(caller, CallResult.MISSED, key=f"c{n}", at=at), rang(nobody, CallResult.MISSED, key=f"w{n}", at=at)
        )
    for path, entry in (("/unknown", 'class="person"'), ("/anonymous", 'id="entry-')):
        first = await shown(http, path)
        older = re.search(rf'href="({path}\?cursor=[^"]+)"', first)
        assert older is not None
        assert [page.count(entry) for page in (first, await shown(http, older[1]))] == [2, 1]
        await shown(http, f"{path}?cursor=x", 404)
    assert 'href="/anonymous"' in await shown(http, "/unknown")


async def test_a_knot_of_handles_is_told_on_the_status_page_with_what_to_do(
    http: httpx.AsyncClient, timelines: MemoryTimelines
) -> None:
    assert "hang together" not in await shown(http, "/status")
    timelines.rules = Rules(most_handles=3)
    for n in range(3):
        mail = address(f"m{n}@mail.example")
        timelines.tell(filled(person(None, MOBILE, mail), {"a": "b"}, key=f"{n}", at=NOON + timedelta(minutes=n)))
    page = await shown(http, "/status")
    assert "4 handles hang together" in page
    assert "If many use it, say so on its page." in page
    handle = (await customer(http, "+989123456789"))["handles"][0]["id"]
    assert f'href="/handles/{handle}"' in page
    assert "۴ راه تماس" in await shown(http, "/status", lang="fa")


async def test_a_customer_is_written_down_by_hand(http: httpx.AsyncClient) -> None:
    page = await sent(http, "/customers", name="لیلا", handles="0912 345 6789\r\nLeila@Mail.example\r\n", key="k")
    assert "+989123456789" in page
    assert "leila@mail.example" in page
    assert "on a card" in page


async def test_what_makes_no_sense_is_told_in_words(http: httpx.AsyncClient, timelines: MemoryTimelines) -> None:
    leila_and_omid(timelines)
    leila = await customer(http, "leila@mail.example")
    base = f"/customers/{leila['id']}"
    for path, fields, words in (
        (f"{base}/merge", {"other": leila["id"]}, "These are one customer already."),
        (f"{base}/split", {}, "Tick at least one handle"),
        (f"{base}/split", {"handle": leila["handles"][0]["id"]}, "At least one handle must stay"),
        (f"{base}/name", {"name": "  "}, "There is nothing written."),
        ("/customers", {"name": "x", "handles": "nobody"}, "Write at least one telephone number"),
        ("/customers", {"name": "x", "handles": "sara@example.ir"}, "is our own"),
    ):
        answer = await http.post(path, data=fields, headers=OURS)
        assert answer.status_code == 422, path
        assert words in answer.text
    for path, fields in (
        (f"{base}/merge", {"other": "x"}),
        (f"{base}/merge", {"other": str(uuid4())}),
        (f"{base}/not-a-customer", {"reason": "ugly"}),
        (f"/decisions/{uuid4()}/revoke", {}),
        ("/handles/x/shared", {}),
    ):
        assert (await http.post(path, data=fields, headers=OURS)).status_code == 404, path
    assert timelines.verdicts == {}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, 401),
        ({"Sec-Fetch-Site": "same-site"}, 401),
        ({"Origin": "null"}, 401),
        ({"Origin": "http://evil.example"}, 401),
        ({"Origin": "https://localhost"}, 401),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://evil.example"}, 401),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "http://localhost"}, 303),
    ],
)
async def test_only_our_own_pages_send_forms(
    http: httpx.AsyncClient, timelines: MemoryTimelines, headers: dict[str, str], status: int
) -> None:
    leila_and_omid(timelines)
    base = f"/customers/{(await customer(http, 'leila@mail.example'))['id']}"
    answer = await http.post(f"{base}/name", data={"name": "x"}, headers=headers)
    assert answer.status_code == status
    assert len(timelines.verdicts) == (status == 303)


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil.example", "/x?done=1", "x"])
async def test_a_form_leads_to_no_other_site(http: httpx.AsyncClient, timelines: MemoryTimelines, back: str) -> None:
    leila_and_omid(timelines)
    base = f"/customers/{(await customer(http, 'leila@mail.example'))['id']}"
    answer = await http.post(f"{base}/name", data={"name": "x", "back": back}, headers=OURS)
    assert answer.headers["location"].startswith(f"{base}/identity?done=")


async def test_a_form_without_end_is_refused(http: httpx.AsyncClient, timelines: MemoryTimelines) -> None:
    leila_and_omid(timelines)
    base = f"/customers/{(await customer(http, 'leila@mail.example'))['id']}"
    answer = await http.post(f"{base}/name", data={"name": "x" * 100_000}, headers=OURS)
    assert answer.status_code == 413


async def test_a_team_sees_and_decides_only_what_is_its_own(
    http: httpx.AsyncClient, timelines: MemoryTimelines
) -> None:
    leila_and_omid(timelines)  # the mail is support's
    leila = await customer(http, "leila@mail.example")
    as_sales = {"Authorization": "Bearer a-token-of-the-sales-team"}
    for path in (f"/customers/{leila['id']}/identity", f"/handles/{leila['handles'][0]['id']}"):
        assert (await http.get(path, headers=as_sales)).status_code == 404
    answer = await http.post(f"/customers/{leila['id']}/name", data={"name": "x"}, headers=as_sales)
    assert answer.status_code == 404


async def test_what_others_wrote_is_escaped_on_every_page(http: httpx.AsyncClient, timelines: MemoryTimelines) -> None:
    proved = MOBILE.model_copy(update={"proof": Proof.VIA})
    timelines.tell(
        filled(person(HOSTILE, address("evil@mail.example"), proved), {"a": "b"}, key="1"),
        filled(person("Maryam Hosseini", LEILA, MOBILE), {"a": "b"}, key="2", at=NOON + timedelta(hours=1)),
    )
    evil = await customer(http, "evil@mail.example")
    base = f"/customers/{evil['id']}"
    await sent(http, f"{base}/tag", tag=HOSTILE[:60], why=HOSTILE)
    await sent(http, f"{base}/name", name=HOSTILE)
    pages = [base, f"{base}/identity", "/suggestions", "/decisions", "/unknown", "/companies/mail.example"]
    pages += [f"/handles/{h['id']}" for h in evil["handles"]]
    for page in pages:
        assert "<img" not in await shown(http, page, other="evil"), page


@pytest.mark.parametrize("path", ["/suggestions", "/decisions", "/unknown", "/anonymous", "/companies/mail.example"])
async def test_an_empty_house_has_every_page(http: httpx.AsyncClient, path: str) -> None:
    assert "empty-title" in await shown(http, path)
    assert '<html lang="fa" dir="rtl">' in await shown(http, path, lang="fa")


def test_every_reason_has_words() -> None:
    assert wording.NONSENSE.keys() == set(Nonsense)
    assert wording.RULES.keys() == set(Rule)
    assert wording.DECISIONS.keys() == set(VerdictKind)
    assert wording.SHARED.keys() == {DECIDED, GENERIC, LANDLINE, MANY, NAMES}
    assert wording.REFUSED.keys() == {DIFFERENT, EXCLUSIVE, CAP, NAME, LARGE, "like"}
    assert wording.PARTS.keys() == {field.name for field in FIELDS}
