"""The website's forms: what a post means, and what its sender is answered."""

from dataclasses import replace
from typing import Any

import orjson
import pytest
from pydantic import ValidationError

from ingest_social.channels import webform
from peyvand.errors import BadPayload, Skipped
from peyvand.event import Direction
from peyvand.identity import Proof
from peyvand.source import Answer
from social.accounts import at, fixture, fixture_settings, form_account
from social.posts import OPEN, SITE, browser, event, handles, signed


def test_everything_typed_is_only_claimed() -> None:
    (party,) = event(fixture("webform", "signed_persian.http")).parties
    assert {h.proof for h in party.handles} == {Proof.CLAIMED}
    assert [(h.kind, h.scope) for h in party.handles] == [("phone", ""), ("email", ""), ("crm", "fixture")]


def test_times_are_utc() -> None:
    found = event(fixture("webform", "signed_persian.http"))
    assert found.occurred_at.isoformat() == "2026-10-04T08:29:30+00:00"


def test_our_own_number_typed_by_a_stranger_makes_him_none_of_us() -> None:
    found = event(fixture("webform", "signed_with_our_own_number_typed.http"))
    assert (found.direction, handles(found)) == (Direction.INBOUND, [("email", "nima@yahoo.com")])


def test_a_colleague_who_tries_the_form_is_no_customer() -> None:
    assert event(fixture("webform", "signed_by_a_colleague.http")).direction is Direction.INTERNAL


@pytest.mark.parametrize(
    ("payload", "pointers"),
    [
        ({"name": "Ali"}, [""]),
        ({"message": "   "}, [""]),
        ({"message": "x", "phone": 912}, ["/phone"]),
        ({"message": "x", "crm_id": "7" * 201}, ["/crm_id"]),
        ({"message": "x", "fields": {"size": {"w": 1}}, "massage": "y"}, ["/fields/size", "/massage"]),
        ({"message": "x", "submitted_at": "2026-10-04T08:30:00"}, ["/submitted_at"]),
        ([], [""]),
    ],
)
def test_what_cannot_be_understood_names_the_places(payload: Any, pointers: list[str]) -> None:
    with pytest.raises(BadPayload) as refused:
        event(signed(orjson.dumps(payload)))
    assert sorted({"/".join(f.pointer.split("/")[:3]) for f in refused.value.faults}) == pointers


@pytest.mark.parametrize(
    ("label", "value", "handle"),
    [
        ("شماره تماس", "۰۹۱۲۱۱۱۲۲۳۳", ("phone", "+989121112233")),
        ("شماره‌ تماس:", "0912 111 2233", ("phone", "+989121112233")),
        ("Mobile_Number", "0912-111-2233", ("phone", "+989121112233")),
        ("your-tel", "+989121112233", ("phone", "+989121112233")),
        ("ايميل", "Ali@Gmail.com", ("email", "ali@gmail.com")),  # with the Arabic letter yeh
        ("پست الکترونیک *", "ali@gmail.com", ("email", "ali@gmail.com")),
    ],
)
def test_fields_are_known_by_their_usual_names(label: str, value: str, handle: tuple[str, str]) -> None:
    assert handles(event(browser((label, value), ("message", "x")))) == [handle]


@pytest.mark.parametrize("number", ["77", "7" * 500])
def test_a_customer_number_that_a_browser_posts_is_told_and_links_nobody(number: str) -> None:
    found = event(browser(("email", "ali@gmail.com"), ("کد مشتری", number)))
    assert handles(found) == [("email", "ali@gmail.com")]
    assert found.form is not None
    assert ("کد مشتری", number) in found.form.fields


def test_a_customer_number_of_a_name_of_our_own_links_nobody_either() -> None:
    account = form_account(form=True, any_origin=True, fields={"crm_id": "q1"})
    assert handles(event(browser(("q1", "77"), ("message", "x")), account)) == []


def test_a_customer_number_in_a_signed_post_is_an_address_of_the_customer() -> None:
    json = orjson.dumps({"message": "x", "crm_id": "7" * 200})
    form = signed(b"message=x&customer_id=77")
    form = replace(form, headers={**form.headers, "content-type": "application/x-www-form-urlencoded"})
    assert handles(event(signed(json))) == [("crm", "7" * 200)]
    assert handles(event(form)) == [("crm", "77")]


def test_a_connectors_own_names_take_the_place_of_the_usual_ones() -> None:
    account = form_account(form=True, any_origin=True, fields={"phone": "q7", "message": ["q8", "q9"]})
    found = event(browser(("phone", "0912 111 2233"), ("q7", "0935 667 4120"), ("q9", "hi")), account)
    assert (handles(found), found.text) == ([("phone", "+989356674120")], "hi")


def test_fields_keep_the_forms_order_without_the_message_and_what_is_for_machines() -> None:
    found = event(browser(("city", "Shiraz"), ("_token", "1"), ("message", "a\r\nb"), ("size[]", "S"), ("size[]", "M")))
    assert found.form is not None
    assert found.form.fields == (("city", "Shiraz"), ("size[]", "S"), ("size[]", "M"))
    assert found.text == "a\nb"


def test_a_filled_honeypot_is_skipped_by_its_name() -> None:
    with pytest.raises(Skipped, match="honeypot"):
        event(browser(("message", "buy"), ("website", "http://spam.example")))


def test_a_double_click_is_one_interaction() -> None:
    first = browser(("message", "hi"), ("email", "a@b.co"))
    again = replace(first, received_at=at(9))
    assert event(first).event_id == event(again).event_id


def test_the_same_words_on_another_day_are_another_interaction() -> None:
    first = browser(("message", "hi"))
    assert event(first).interaction_id != event(replace(first, received_at=at(8, day=5))).interaction_id


def test_a_forms_own_id_makes_a_post_one_on_any_day() -> None:
    first = browser(("message", "hi"), ("submission_id", "f1"))
    assert event(first).event_id == event(replace(first, received_at=at(8, day=5))).event_id
    assert event(first).event_id != event(browser(("message", "hi"), ("submission_id", "f2"))).event_id


def test_a_field_called_id_that_never_changes_loses_nobodys_words() -> None:
    assert (
        event(browser(("message", "one"), ("id", "5"))).event_id
        != event(browser(("message", "two"), ("id", "5"))).event_id
    )


def test_a_repeated_signed_delivery_is_one_event_whatever_its_time() -> None:
    assert event(signed()).event_id == event(replace(signed(), received_at=at(23))).event_id
    assert event(signed()).event_id != event(signed(sent="msg_2")).event_id


def test_two_forms_may_use_the_same_ids() -> None:
    assert event(signed()).interaction_id != event(replace(signed(), connector="other")).interaction_id


def test_files_are_named_and_their_bytes_stay_in_the_delivery() -> None:
    (picture,) = event(fixture("webform", "html_with_a_file.http")).attachments
    assert (picture.name, picture.claimed_type, picture.size, picture.at) == ("عکس کالا.png", "image/png", 70, "raw")


def test_a_body_that_was_cut_off_is_refused_instead_of_half_understood() -> None:
    whole = fixture("webform", "html_with_a_file.http")
    with pytest.raises(BadPayload, match="cut off"):
        event(replace(whole, body=whole.body[:-20]))


def test_letters_in_another_encoding_lose_no_post() -> None:
    call = browser(("message", "x"))
    assert event(replace(call, body=b"message=%D3%E1%C7%E3&phone=09121112233")).text == "����"
    assert event(replace(call, body="message=سلام".encode())).text == "سلام"


def test_more_fields_than_a_form_has_are_refused() -> None:
    with pytest.raises(BadPayload, match="at most 500 fields"):
        event(replace(browser(("message", "x")), body=b"a=1&" * 501))


def test_a_servers_post_is_answered_in_json() -> None:
    assert webform.answer(signed(), OPEN).body == b'{"accepted":true}'


def thanked(language: str, **account: Any) -> Answer:
    allowed = form_account(form=True, any_origin=True, **account)
    return webform.answer(browser(("message", "x"), **{"accept-language": language}), allowed)


@pytest.mark.parametrize(
    ("accepts", "language"),
    [("fa-IR,fa;q=0.9,en;q=0.8", "fa"), ("en-GB,en;q=0.9", "en"), ("de,en;q=0.5,fa;q=0.1", "en"), ("", "fa"),
     ("en;q=0.2,fa;q=0.9", "fa"), ("en;q=x, ;;,", "fa")],
)  # fmt: skip
def test_a_visitor_is_thanked_in_the_language_of_the_browser(accepts: str, language: str) -> None:
    answer = thanked(accepts)
    assert (answer.status, f'<html lang="{language}"'.encode() in answer.body) == (200, True)


def test_the_page_of_thanks_loads_nothing_and_repeats_nothing() -> None:
    answer = thanked("en", thanks="<b>Danke</b>")
    assert b"&lt;b&gt;Danke&lt;/b&gt;" in answer.body
    assert not any(word in answer.body for word in (b"http", b"src=", b"url(", b"<script"))
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_a_visitor_goes_only_where_the_settings_say() -> None:
    answer = thanked("en", redirect="https://www.example.ir/سپاس?a=1")
    assert answer.status == 303
    assert answer.headers["Location"] == "https://www.example.ir/%D8%B3%D9%BE%D8%A7%D8%B3?a=1"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"secret": None}, "needs a secret"),
        ({"form": True}, "form: true needs origins"),
        ({"form": True, "origins": ["www.example.ir"]}, "scheme and host only"),
        ({"form": True, "origins": ["https://www.example.ir/contact"]}, "scheme and host only"),
        ({"secret": "short"}, "at least 16 characters"),
        ({"secret": "whsec_not base64 at all"}, "base64"),
        ({"redirect": "/thanks"}, "whole address"),
        ({"redirect": "https://a.example/\r\nSet-Cookie: x=1"}, "whole address"),
        ({"fields": {"fone": "x"}}, "fone"),
    ],
)
def test_a_mistake_in_the_settings_is_named_in_words(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        form_account(**fields)


async def test_check_says_what_the_form_takes() -> None:
    html = webform.Settings(form=True, origins=(SITE,))
    assert (
        await webform.check(html) == f"ready for HTML posts from {SITE}; no secret is set, so signed posts are refused"
    )
    settings = webform.Settings.model_validate({"secret": fixture_settings("webform")["secret"]})
    assert await webform.check(settings) == "ready for signed posts (standard-webhooks); 1 secret(s) set"
