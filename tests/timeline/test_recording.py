"""The record and its folds, on both databases."""

import asyncio
import random
from uuid import UUID

from sqlalchemy import text

from making import ORGANISATION, address, customer, delivery, message, mobile, reading, telegram
from peyvand.event import Change, InteractionEvent, Status
from peyvand.identity import Handle, Proof, Rules
from peyvand.publish import Reading
from stores import Opened
from timeline.folds.identity import derive, evidence_of
from timeline.ports import Customer, Filters, Principal
from timeline.record import record

EVERYBODY = Principal("test")


async def _texts(opened: Opened, customer_id: UUID) -> list[str | None]:
    page = await opened.timelines.page(EVERYBODY, customer_id, Filters(), None, 50)
    return [entry.text for entry in page.entries]


async def _only(opened: Opened) -> Customer:
    hits = await opened.timelines.recent(EVERYBODY, 10)
    assert len(hits) == 1
    return hits[0].customer


async def test_an_event_stands_on_its_customers_timeline(opened: Opened) -> None:
    done = await record([reading(message("1", [customer(telegram(5), name="مریم")], "سلام"))], opened.store)
    assert (done.stored, done.duplicate) == (1, 0)
    found = await _only(opened)
    assert found.name == "مریم"
    assert [h.value for h in found.handles] == ["5"]
    assert await _texts(opened, found.id) == ["سلام"]


async def test_the_same_delivery_five_times_at_once_is_one_event(opened: Opened) -> None:
    one = reading(message("1", [customer(telegram(5))]))
    done = await asyncio.gather(*(record([one], opened.store) for _ in range(5)))
    assert sorted(r.stored for r in done) == [0, 0, 0, 0, 1]
    assert len(await _texts(opened, (await _only(opened)).id)) == 1


async def test_an_edit_before_its_message_gives_the_edited_text(opened: Opened) -> None:
    who = [customer(telegram(5))]
    edit = message("1", who, "سلام ۲", 3, change=Change.EDITED, order="2")
    await record([reading(edit)], opened.store)
    await record([reading(message("1", who, "سلام"))], opened.store)
    assert await _texts(opened, (await _only(opened)).id) == ["سلام ۲"]


async def test_sent_after_delivered_stays_delivered(opened: Opened) -> None:
    who = [customer(telegram(5))]
    for status in (Status.DELIVERED, Status.SENT):
        event = message("1", who, change=Change.STATUS, order=status, status=status)
        await record([reading(message("1", who)), reading(event)], opened.store)
    entry = (await opened.timelines.recent(EVERYBODY, 1))[0].last
    assert entry is not None
    assert entry.status is Status.DELIVERED


async def test_a_form_with_phone_and_address_joins_what_came_before(opened: Opened) -> None:
    await record([reading(message("c", [customer(mobile("09123456789", Proof.VIA))], "call", 1))], opened.store)
    await record([reading(message("m", [customer(address("a@b.ir", Proof.VIA))], "mail", 2))], opened.store)
    assert len(await opened.timelines.recent(EVERYBODY, 10)) == 2
    both = customer(mobile("۰۹۱۲۳۴۵۶۷۸۹"), address("A@b.ir"), name="Ali")
    await record([reading(message("f", [both], "form", 3))], opened.store)
    assert await _texts(opened, (await _only(opened)).id) == ["form", "mail", "call"]


async def test_an_old_customer_id_answers_with_the_customer_of_today(opened: Opened) -> None:
    await record([reading(message("m", [customer(address("a@b.ir", Proof.VIA))], "mail", 2))], opened.store)
    before = (await _only(opened)).id
    both = customer(mobile("09123456789"), address("a@b.ir"))
    await record([reading(message("f", [both], "form", 1))], opened.store)
    today = await opened.timelines.customer(EVERYBODY, before)
    assert today is not None
    assert await _texts(opened, before) == await _texts(opened, today.id) == ["mail", "form"]


async def test_a_generic_mailbox_glues_nobody(opened: Opened) -> None:
    for n, number in enumerate(("09121234560", "09121234570")):
        who = customer(mobile(number), address("info@firm.ir"))
        await record([reading(message(str(n), [who], str(n), n))], opened.store)
    assert len(await opened.timelines.recent(EVERYBODY, 10)) == 3


async def test_our_own_parties_are_nobodys_handles(opened: Opened) -> None:
    ours = customer(address("sara@example.ir"))
    await record([reading(message("1", [ours, customer(telegram(5))]))], opened.store)
    assert [h.kind for h in (await _only(opened)).handles] == ["telegram"]


async def test_the_higher_revision_of_an_event_stands_whatever_the_order(opened: Opened, database_url: str) -> None:
    who = [customer(telegram(5), name="X")]
    first = message("1", who, "first")
    second = first.model_copy(update={"text": "second", "normaliser": 2, "parties": (customer(telegram(6)),)})
    for order in ((first, second), (second, first)):
        for event in order:
            await record([reading(event)], opened.store)
    found = await _only(opened)
    assert [h.value for h in found.handles] == ["6"]
    assert await _texts(opened, found.id) == ["second"]


async def test_the_books_balance_whatever_the_outcomes(opened: Opened) -> None:
    one = reading(message("1", [customer(telegram(5))]))
    again = Reading(delivery("again"), one.events)
    skipped = Reading(delivery("s"), skipped="service message")
    kept = Reading(delivery("k"), kept="not JSON")
    await record([one, again, skipped, kept], opened.store)
    (health,) = await opened.timelines.health(EVERYBODY, ["shop-bot"])
    books = health.books
    assert (books.seen, books.stored, books.duplicate, books.skipped, books.kept) == (
        4, 1, 1, {"service message": 1}, 1,
    )  # fmt: skip
    assert books.balanced


async def test_a_kept_delivery_that_can_be_read_now_leaves_the_kept(opened: Opened) -> None:
    one = reading(message("1", [customer(telegram(5))]))
    await record([Reading(one.delivery, kept="not JSON")], opened.store)
    await record([one], opened.store)
    (health,) = await opened.timelines.health(EVERYBODY, ["shop-bot"])
    assert (health.books.seen, health.books.stored, health.books.kept) == (1, 1, 0)


async def test_any_order_and_repetition_of_a_stream_gives_the_same_customers(opened: Opened) -> None:
    seed = 20261123
    chance = random.Random(seed)
    events = _stream(chance)
    expected = _customers_of(events)
    shuffled = [*events, *chance.sample(events, len(events) // 4)]
    chance.shuffle(shuffled)
    while shuffled:
        n = chance.randint(1, 7)
        await record([reading(e) for e in shuffled[:n]], opened.store)
        shuffled = shuffled[n:]
    hits = await opened.timelines.recent(EVERYBODY, 100)
    found = {h.customer.id: {x.value for x in h.customer.handles} for h in hits}
    assert found == expected, f"seed {seed}"


def _stream(chance: random.Random) -> list[InteractionEvent]:
    events = []
    for n in range(60):
        handles = [telegram(chance.randint(1, 12))]
        if chance.random() < 0.3:
            handles.append(mobile(f"0912345{chance.randint(6700, 6706)}"))
        if chance.random() < 0.3:
            handles.append(address(f"p{chance.randint(1, 6)}@x.ir"))
        events.append(message(f"m{n}", [customer(*handles)], f"text {n}", chance.randint(0, 500)))
    return events


def _customers_of(events: list[InteractionEvent]) -> dict[UUID, set[str]]:
    """Compute the customers at once, from all the evidence."""
    evidence = [e for event in events for e in evidence_of(ORGANISATION.id, event)]
    grouped: dict[UUID, set[str]] = {}
    for standing in derive(ORGANISATION.id, evidence, [], Rules()).handles.values():
        grouped.setdefault(standing.customer, set()).add(standing.seen.value)
    return grouped


async def test_a_nul_in_a_text_a_name_or_a_handle_loses_nothing(opened: Opened) -> None:
    who = customer(telegram(5), address("a@b.ir"), name="ma\0ry")
    odd = Handle(kind="chat", value="x\0y")
    await record([reading(message("1", [who, customer(odd)], "a\0b"))], opened.store)
    assert sorted(h.customer.name or "" for h in await opened.timelines.recent(EVERYBODY, 5)) == ["", "mary"]
    assert len(await opened.timelines.search(EVERYBODY, "mary", 5)) == 1


async def test_an_event_that_is_missing_unbalances_the_books(opened: Opened) -> None:
    await record(
        [reading(message("1", [customer(telegram(5))])), reading(message("2", [customer(telegram(5))]))], opened.store
    )
    await opened.database.write(lambda c: c.execute(text("DELETE FROM event")).rowcount)
    (health,) = await opened.timelines.health(EVERYBODY, ["shop-bot"])
    assert not health.books.balanced


async def test_a_sighting_that_takes_anothers_place_takes_its_place_in_the_books(opened: Opened) -> None:
    first = message("1", [customer(telegram(5))])
    later = first.model_copy(update={"normaliser": 2, "delivery_id": delivery("again").id})
    await record([reading(first)], opened.store)
    await record([Reading(delivery("again"), (later,))], opened.store)
    (health,) = await opened.timelines.health(EVERYBODY, ["shop-bot"])
    assert (health.books.claimed, health.books.standing, health.books.balanced) == (1, 1, True)
