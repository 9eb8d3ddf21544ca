"""POST /v1/events: what a partner says once is there once, whatever comes when; what is wrong is said by pointers."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from peyvand.errors import Unavailable
from peyvand.event.build import interaction_id
from peyvand.publish import Reading
from peyvand.testing import MemoryPublisher, MemoryRegister
from social.accounts import ORGANISATION
from social.partners import FORMS, NEXT, OFFICE, SECRET, TEST, note, office, order


async def test_an_order_is_durable_with_its_answer_and_a_repetition_is_a_duplicate() -> None:
    async with office() as shop:
        first, again = await shop.post(order()), await shop.post(order())
        fate = await shop.get("/v1/events/order-1")
    assert (first.status_code, again.status_code) == (201, 200)
    (event,) = shop.publisher.events
    assert first.json() == {
        "id": "order-1",
        "event_id": str(event.event_id),
        "interaction_id": str(event.interaction_id),
        "delivery_id": str(event.delivery_id),
        "revision": 0,
        "duplicate": False,
    }
    assert again.json() == {**first.json(), "duplicate": True}
    assert fate.json()["state"] == "stored"
    assert fate.json()["event_id"] == str(event.event_id)


async def test_another_body_under_the_same_id_is_refused_unless_its_revision_rises() -> None:
    other = order(purchase={"number": "A-1", "total": "99", "currency": "USD"})
    async with office() as shop:
        await shop.post(order())
        refused, raised = await shop.post(other), await shop.post({**other, "revision": 1})
        late = await shop.post(order())
    assert (refused.status_code, raised.status_code, late.status_code) == (409, 201, 409)
    assert refused.json()["errors"][0]["pointer"] == "/id"
    assert [(e.source_revision, e.purchase.currency) for e in shop.publisher.events if e.purchase] == [
        (0, "IRR"),
        (1, "USD"),
    ]
    assert len({e.event_id for e in shop.publisher.events}) == 1


async def test_the_same_body_written_otherwise_is_the_same() -> None:
    body = b'{"type": "note",\n "text": "hi", "customer": {"crm_id": "1"}, "id": "n"}'
    async with office() as shop:
        first = await shop.post(note("n", "hi", customer={"crm_id": "1"}))
        again = await shop.post(body)
    assert (first.status_code, again.status_code) == (201, 200)


@pytest.mark.parametrize("alike", [True, False], ids=["the same body", "another body each"])
async def test_five_at_once_make_one_event(alike: bool) -> None:
    bodies = [order() if alike else order(text=str(n)) for n in range(5)]
    async with office() as shop:
        answers = await asyncio.gather(*(shop.post(body) for body in bodies))
    told = sorted(a.status_code for a in answers)
    assert told == ([200, 200, 200, 200, 201] if alike else [201, 409, 409, 409, 409])
    assert len({e.model_dump_json() for e in shop.publisher.events}) == 1


async def test_what_could_not_be_published_is_not_promised_and_comes_again_as_the_same_delivery() -> None:
    publisher = MemoryPublisher(away=True)
    async with office(publisher) as shop:
        away = await shop.post(order())
        failed = await shop.get("/v1/events/order-1")
        publisher.away = False
        there = await shop.post(order())
        stored = await shop.get("/v1/events/order-1")
    assert (away.status_code, away.headers["retry-after"]) == (503, "5")
    assert (failed.json()["state"], stored.json()["state"]) == ("failed", "stored")
    assert there.is_success
    assert failed.json()["delivery_id"] == there.json()["delivery_id"]
    assert [str(r.delivery.id) for r in publisher.readings] == [there.json()["delivery_id"]]


async def test_without_the_register_nothing_is_taken() -> None:
    async with office(register=MemoryRegister(away=True)) as shop:
        answer = await shop.post(order())
        asked = await shop.get("/v1/events/order-1")
    assert (answer.status_code, asked.status_code) == (503, 503)
    assert shop.publisher.readings == []


class Forgetful(MemoryRegister):
    """Claims, and cannot note that anything is durable."""

    async def note(self, *_noted: Any) -> None:
        raise Unavailable("the register has just gone")


async def test_what_is_durable_is_answered_so_even_when_that_cannot_be_noted() -> None:
    async with office(register=Forgetful()) as shop:
        first, again = await shop.post(order()), await shop.post(order())
    assert (first.status_code, again.status_code) == (201, 200)
    assert len({r.delivery.id for r in shop.publisher.readings}) == 1


async def test_a_batch_is_answered_row_by_row() -> None:
    wrong = {"id": "x/1", "type": "purchase", "customer": {"phone": "call me"}, "mood": "good"}
    rows = [order(), wrong, note(), order(text="another body"), note()]
    async with office() as shop:
        answer = await shop.post({"events": rows})
    assert answer.status_code == 207
    told = answer.json()["events"]
    assert [(t["id"], t["status"]) for t in told] == [
        ("order-1", 201), ("x/1", 422), ("note-1", 201), ("order-1", 409), ("note-1", 200),
    ]  # fmt: skip
    assert [e["pointer"] for e in told[1]["errors"]] == ["/events/1/mood"]
    assert [e.message_key for e in shop.publisher.events] == ["shop:order-1", "shop:note-1"]
    assert len({r.delivery.id for r in shop.publisher.readings}) == 2


CLOUD = {"specversion": "1.0", "id": "7", "source": "/shop", "type": "ir.example.note", "time": "2026-10-04T08:00:00Z"}


async def test_cloudevents_are_known_by_source_and_id_and_faults_point_into_them() -> None:
    kind = {"content-type": "application/cloudevents-batch+json"}
    good = {**CLOUD, "data": {"customer": {"crm_id": "1"}, "text": "hi"}}
    bad = {**CLOUD, "id": "8", "time": "yesterday", "data": {"customer": {"fax": "1"}, "text": "hi"}}
    elsewhere = {**good, "source": "/other"}
    untyped = {**good, "type": "ir.example.wedding"}
    async with office() as shop:
        answer = await shop.post([good, bad, elsewhere, untyped], headers=kind)
        fate = await shop.get("/v1/events//shop%7C7")
    told = answer.json()["events"]
    assert [t["status"] for t in told] == [201, 422, 201, 422]
    assert [e["pointer"] for e in told[1]["errors"]] == ["/1/time", "/1/data/customer/fax"]
    assert [e["pointer"] for e in told[3]["errors"]] == ["/3/type"]
    assert fate.json()["id"] == "/shop|7"
    assert [e.occurred_at.hour for e in shop.publisher.events] == [8, 8]


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown field": (order(mood="good"), "/mood"),
    "a total without its unit": (order(purchase={"number": "1", "total": "5"}), "/purchase/currency"),
    "an unknown unit": (order(purchase={"number": "1", "total": "5", "currency": "XBT"}), "/purchase/currency"),
    "a total that a float cannot hold": (
        order(purchase={"number": "1", "total": 12345678901234.5, "currency": "IRR"}), "/purchase/total"
    ),
    "a message without its direction": (note(type="message"), "/direction"),
    "a call without a call": (note(type="call", direction="inbound"), "/call"),
    "an order in a note": (order(type="note", text="x"), "/purchase"),
    "nobody": (note(customer={"phone": "call me"}), "/customer"),
    "a time without its offset": (note(occurred_at="2026-10-04T08:00:00"), "/occurred_at"),
    "an id with a space": (note("a b"), "/id"),
    "a chat's message without its bot": (
        note(type="message", direction="outbound", channel="telegram", conversation="5", message_id="6"), "/account"
    ),
    "a channel without its chat": (note(channel="telegram", account="1"), "/conversation"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "pointer"), list(WRONG.values()), ids=list(WRONG))
async def test_what_is_wrong_is_told_by_its_place_and_nothing_is_stored(body: dict[str, Any], pointer: str) -> None:
    async with office() as shop:
        answer = await shop.post(body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert pointer in [e["pointer"] for e in answer.json()["errors"]]
    assert (shop.publisher.readings, shop.register.known) == ([], {})


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b"[]", b"null", b'{"events": 5}', b'{"events": [], "id": "1"}', b"[" * 100_000],
    ids=["empty", "half", "no text", "no row", "null", "no array", "two things", "deep"],
)  # fmt: skip
async def test_a_body_that_is_nothing_of_ours_is_refused_whole(body: bytes) -> None:
    async with office() as shop:
        answer = await shop.post(body)
    assert answer.status_code == 422
    assert answer.json()["errors"]
    assert shop.publisher.readings == []


async def test_a_body_of_another_kind_or_beyond_the_limit_is_refused() -> None:
    async with office() as shop:
        form = await shop.post(b"id=1", headers={"content-type": "application/x-www-form-urlencoded"})
        long = await shop.post(b" " * (5 * 1024 * 1024 + 1))
        many = await shop.post([note(str(n)) for n in range(501)])
    assert (form.status_code, long.status_code, many.status_code) == (415, 413, 422)


async def test_toman_is_stored_as_ten_times_as_many_rials() -> None:
    async with office() as shop:
        for number, unit in enumerate(("IRT", "toman", "تومان", "irr")):
            bought = {"number": "1", "total": 1250000, "currency": unit}
            assert (await shop.post(order(str(number), purchase=bought))).status_code == 201
    totals = [(str(e.purchase.total), e.purchase.currency) for e in shop.publisher.events if e.purchase]
    assert totals == [("12500000", "IRR")] * 3 + [("1250000", "IRR")]


async def test_a_key_that_is_missing_or_wrong_is_told_so_and_nothing_is_read() -> None:
    async with office() as shop:
        none, wrong = await shop.post(order(), None), await shop.post(order(), "pk_guess_00000000000000000")
        listed = await shop.get("/v1/requests", None)
    assert (none.status_code, wrong.status_code, listed.status_code) == (401, 401, 401)
    assert none.headers["www-authenticate"].startswith("Bearer")
    assert shop.publisher.readings == []


async def test_either_key_works_while_one_replaces_the_other() -> None:
    async with office() as shop:
        first, again = await shop.post(order(), SECRET), await shop.post(order(), NEXT)
    assert (first.status_code, again.json()["duplicate"]) == (201, True)


async def test_another_partners_same_id_is_another_event() -> None:
    async with office() as shop:
        ours, theirs = await shop.post(order()), await shop.post(order(text="theirs"), OFFICE)
        unseen = await shop.get("/v1/events/order-1", OFFICE)
    assert (ours.status_code, theirs.status_code) == (201, 201)
    assert ours.json()["event_id"] != theirs.json()["event_id"]
    assert unseen.json()["event_id"] == theirs.json()["event_id"]


async def test_a_key_says_only_what_it_may() -> None:
    said = {"id": "1", "type": "form", "text": "hi", "customer": {"email": "a@gmail.com"}}
    async with office() as shop:
        form, other = await shop.post(said, FORMS), await shop.post(order(), FORMS)
        out = await shop.post({**said, "id": "2", "direction": "outbound"}, FORMS)
    assert (form.status_code, other.status_code, out.status_code) == (201, 403, 403)
    assert other.json()["errors"][0]["pointer"] == "/type"
    assert out.json()["errors"][0]["pointer"] == "/direction"
    assert len(shop.publisher.events) == 1


async def test_a_key_that_is_used_too_often_is_told_when_to_come_again() -> None:
    said = {"type": "form", "text": "hi", "customer": {"email": "a@gmail.com"}}
    async with office() as shop:
        answers = [await shop.post({**said, "id": str(n)}, FORMS) for n in range(4)]
        other = await shop.post(order())
    assert [a.status_code for a in answers] == [201, 201, 201, 429]
    assert answers[0].headers["ratelimit-policy"] == '"3-60s";q=3;w=60'
    assert answers[0].headers["ratelimit"].startswith('"3-60s";r=2;t=')
    assert 0 < int(answers[3].headers["retry-after"]) <= 60
    assert other.status_code == 201


@pytest.mark.parametrize(("key", "query"), [(TEST, {}), (SECRET, {"dry_run": "true"})], ids=["test key", "asked for"])
async def test_a_dry_run_shows_the_events_and_stores_nothing(key: str, query: dict[str, str]) -> None:
    async with office() as shop:
        answer = await shop.post(order(), key, params=query)
        batch = await shop.post([order(), {"id": "2"}], key, params=query)
        unknown = await shop.get("/v1/events/order-1")
    told = answer.json()
    assert (answer.status_code, told["dry_run"]) == (200, True)
    assert told["events"][0]["purchase"]["total"] == "1250000"
    assert told["match"]["handles"] == [{"kind": "phone", "value": "+989121112233"}]
    assert "cannot ask" in told["match"]["why"]
    assert [row["status"] for row in batch.json()["events"]] == [200, 422]
    assert unknown.status_code == 404
    assert (shop.publisher.readings, shop.register.known) == ([], {})


class Halfway(MemoryPublisher):
    """Is gone after it took everything: nobody hears of it."""

    async def publish(self, readings: Sequence[Reading]) -> None:
        await super().publish(readings)
        raise Unavailable("the answer was lost")


async def test_what_was_published_without_an_answer_stands_against_another_body() -> None:
    register, lost = MemoryRegister(), Halfway()
    async with office(lost, register) as shop:
        assert (await shop.post(order())).status_code == 503
    async with office(register=register) as shop:
        other, same = await shop.post(order(text="mended")), await shop.post(order())
    assert (other.status_code, same.status_code) == (409, 200)
    assert [e.model_dump_json() for e in shop.publisher.events] == [e.model_dump_json() for e in lost.events]


async def test_what_a_bot_sends_stands_where_the_channels_own_half_stands() -> None:
    said = {"type": "message", "direction": "outbound", "text": "فردا می‌رسد."}
    async with office() as shop:
        meta = note(
            "sent-1", customer={}, channel="whatsapp", conversation="989121112233", message_id="wamid.X1", **said
        )
        chat = {"channel": "rubika", "conversation": "b0C1", "message_id": "412"}
        rubika = note("sent-2", customer={"rubika": "u0A1"}, **chat, **said)
        answers = [await shop.post(meta), await shop.post(rubika)]
        nobody = await shop.post({**rubika, "id": "sent-3", "customer": {}})
    assert [a.status_code for a in (*answers, nobody)] == [201, 201, 422]
    sent = shop.publisher.events
    keys = [("whatsapp", "wamid.X1"), ("rubika", "b0C1:412")]
    assert [e.interaction_id for e in sent] == [interaction_id(ORGANISATION, family, key) for family, key in keys]
    assert [h.key for e in sent for p in e.parties if not p.ours for h in p.handles] == [
        ("phone", "", "+989121112233"),
        ("rubika", "", "u0A1"),
    ]
