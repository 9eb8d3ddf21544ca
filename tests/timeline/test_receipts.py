"""Receipts and events that come apart: in any order, any batches, any number of times, the rows end the same."""

import asyncio
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from making import ORGANISATION, customer, delivery, message, reading, telegram
from peyvand.event import InteractionEvent
from peyvand.publish import Reading, Receipt
from stores import Opened
from timeline.ports import Chosen, Principal, Raw, Refused, Transaction
from timeline.record import record_parts
from timeline.replay import replay_one
from timeline.store import SqlCursors, SqlStore, SqlTimelines, open_database
from timeline.store.contents import unpacked
from timeline.store.statements import table
from timeline.store.tables import DeliveryRow, EventRow

EVERYBODY = Principal("test")
Part = Receipt | InteractionEvent
DELIVERY, EVENT = table(DeliveryRow), table(EventRow)


def told() -> list[Reading]:
    """Return readings of every outcome, two of which bring one event, one of them a later revision of another's."""
    who = [customer(telegram(5))]
    first = message("1", who, "one")
    again = message("1", who, "one", delivery=delivery("again", minutes=1))
    other = [message(f"2-{n}", who, f"two {n}", delivery=delivery("two")) for n in range(3)]
    revised = message("2-0", who, "two, revised", delivery=delivery("revised"), source_revision=4)
    return [
        reading(first),
        reading(again),
        reading(*other),
        reading(revised),
        Reading(delivery("skipped"), skipped="an edit of nothing"),
        Reading(delivery("kept"), kept="not JSON"),
    ]


def parts_of(readings: Sequence[Reading]) -> list[Part]:
    parts: list[Part] = []
    for r in readings:
        parts += [r.receipt, *r.events]
    return parts


async def take(opened: Opened, parts: Sequence[Part]) -> None:
    receipts = [p for p in parts if isinstance(p, Receipt)]
    await record_parts(receipts, [p for p in parts if isinstance(p, InteractionEvent)], opened.store)


async def rows(opened: Opened) -> list[dict[str, Any]]:
    """Return all that the delivery and event rows say."""

    def work(connection: Any) -> list[dict[str, Any]]:
        found = [dict(r) for t in (DELIVERY, EVENT) for r in connection.execute(select(t).order_by(t.c.id)).mappings()]
        return [{k: unpacked(v) if isinstance(v, bytes) else v for k, v in row.items()} for row in found]

    return await opened.database.read(work)


@pytest.fixture
async def whole(opened: Opened) -> list[dict[str, Any]]:
    """Return what the rows say when each delivery comes whole, in order."""
    for one in told():
        await take(opened, parts_of([one]))
    return await rows(opened)


async def test_each_delivery_has_its_one_place_in_the_books(opened: Opened, whole: list[dict[str, Any]]) -> None:
    outcomes = [row["outcome"] for row in whole if "outcome" in row]
    assert sorted(outcomes) == ["duplicate", "kept", "skipped", "stored", "stored", "stored"]
    (health,) = await opened.timelines.health(EVERYBODY, ["shop-bot"])
    assert health.books.balanced
    assert (health.books.seen, health.books.arriving, health.books.claimed) == (6, 0, 4)


@contextmanager
def _loop() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture
def in_order(tmp_path: Path, empty_store: Path) -> list[dict[str, Any]]:
    """Return what the rows say when every part comes once, in order, in one batch."""
    with _loop() as runner:
        return runner.run(_made(tmp_path, empty_store, [parts_of(told())]))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_in_any_order_and_batches_and_with_repeats_the_rows_are_the_same(
    tmp_path: Path, empty_store: Path, in_order: list[dict[str, Any]], data: st.DataObject
) -> None:
    parts = parts_of(told())
    repeats = data.draw(st.lists(st.sampled_from(range(len(parts))), max_size=8))
    order = data.draw(st.permutations([*range(len(parts)), *repeats]))
    cuts = data.draw(st.lists(st.integers(1, 6), min_size=len(order), max_size=len(order)))
    with _loop() as runner:
        assert runner.run(_made(tmp_path, empty_store, _cut([parts[i] for i in order], cuts))) == in_order


def _cut(parts: Sequence[Part], sizes: Sequence[int]) -> list[Sequence[Part]]:
    batches, at = [], 0
    for size in sizes:
        batches.append(parts[at : at + size])
        at += size
    return [b for b in batches if b]


async def _made(folder: Path, empty: Path, batches: Sequence[Sequence[Part]]) -> list[dict[str, Any]]:
    for stale in folder.glob("store.db*"):
        stale.unlink()
    copyfile(empty, folder / "store.db")
    database = await open_database(f"sqlite:///{folder}/store.db")
    opened = Opened(
        database, SqlStore(database, ORGANISATION.id), SqlTimelines(database, ORGANISATION), SqlCursors(database)
    )
    try:
        for batch in batches:
            await take(opened, batch)
        return await rows(opened)
    finally:
        await database.close()


async def test_two_workers_that_share_out_the_parts_make_the_same_rows(opened: Opened, database_url: str) -> None:
    expected = await _expected(opened)
    second = await open_database(database_url)
    stores = (opened, replace(opened, store=SqlStore(second, ORGANISATION.id)))
    for seed in range(12):
        chance = random.Random(seed)
        await _emptied(opened)
        parts = [*parts_of(told()), *chance.choices(parts_of(told()), k=6)]
        chance.shuffle(parts)
        await asyncio.gather(*(_work(stores[n], parts[n::2], chance.randint(1, 4)) for n in (0, 1)))
        assert await rows(opened) == expected, f"seed {seed}"
    await second.close()


async def _expected(opened: Opened) -> list[dict[str, Any]]:
    await take(opened, parts_of(told()))
    return await rows(opened)


async def _emptied(opened: Opened) -> None:
    tables = reversed(DELIVERY.metadata.sorted_tables)
    await opened.database.write(lambda c: [c.execute(t.delete()) for t in tables])


async def _work(opened: Opened, parts: Sequence[Part], size: int) -> None:
    for at in range(0, len(parts), size):
        await take(opened, parts[at : at + size])


async def test_a_delivery_is_arriving_while_an_event_that_its_receipt_announces_is_not_there(opened: Opened) -> None:
    receipt, *events = parts_of([told()[2]])
    seen = []
    for part in (events[0], receipt, events[1], events[2]):
        await take(opened, [part])
        (health,) = await opened.timelines.health(EVERYBODY, ["shop-bot"])
        seen.append((health.books.arriving, health.books.stored, health.books.balanced))
    assert seen == [(0, 1, True), (1, 0, True), (1, 0, True), (0, 1, True)]


@pytest.mark.parametrize("late", ["receipt", "refusal"])
async def test_a_delivery_with_a_refused_event_is_kept_whatever_comes_first(opened: Opened, late: str) -> None:
    receipt, *events = parts_of([told()[2]])
    refusing = Refused(receipt.delivery.id, "shop-bot", "telegram", receipt.delivery.received_at, "too long")  # type: ignore[union-attr]

    def refuse(tx: Transaction) -> None:
        tx.keep([refusing])

    await take(opened, events[:2])
    for what in ("refusal", "receipt", "refusal") if late == "receipt" else ("receipt", "refusal", "receipt"):
        await (opened.store.transact(refuse) if what == "refusal" else take(opened, [receipt]))
    page = await opened.timelines.deliveries(EVERYBODY, "shop-bot", "kept", None, 5)
    assert [(line.id, line.why) for line in page.deliveries] == [(receipt.delivery.id, "too long")]  # type: ignore[union-attr]
    await take(opened, [events[2]])  # a mended timeline reads it from the dead letter, or by a replay
    page = await opened.timelines.deliveries(EVERYBODY, "shop-bot", "stored", None, 5)
    assert [line.id for line in page.deliveries] == [receipt.delivery.id]  # type: ignore[union-attr]


async def test_a_refusal_that_comes_again_after_a_skip_leaves_the_skip(opened: Opened) -> None:
    [one] = told()[:1]
    await take(opened, [one.receipt])
    await refuse(opened, one)
    await replay_one(opened.store, Raw(one.delivery), replace(one, events=(), skipped="a rule of today"))
    await refuse(opened, one)
    (health,) = await opened.timelines.health(EVERYBODY, ["shop-bot"])
    assert health.books.skipped == {"a rule of today": 1}
    assert health.books.balanced


async def test_a_replay_that_says_something_else_ends_the_repair_and_an_old_receipt_does_not_undo_it(
    opened: Opened,
) -> None:
    [one] = told()[:1]
    await take(opened, [one.receipt])
    await refuse(opened, one)
    today = message("1, as read today", [customer(telegram(5))], delivery=one.delivery)
    await replay_one(opened.store, Raw(one.delivery), Reading(one.delivery, (today,)))
    await take(opened, [one.receipt])
    await refuse(opened, one)
    (health,) = await opened.timelines.health(EVERYBODY, ["shop-bot"])
    assert (health.books.stored, health.books.kept, health.books.arriving) == (1, 0, 0)


async def test_bytes_that_a_source_hands_over_at_last_take_the_place_of_none(opened: Opened) -> None:
    there = delivery("a mail")
    nothing = Reading(replace(there, body=b"", headers={"x-imap-error": "no"}), kept="the server did not hand it over")
    sent = replace(there, body=b"all of it")
    whole = Reading(sent, events=(message("9", [customer(telegram(5))], delivery=sent),))
    for part in (parts_of([nothing]), parts_of([whole]), parts_of([nothing])):
        await take(opened, part)
    (row, _) = await rows(opened)
    assert (row["outcome"], row["body"], row["headers"]) == ("stored", b"all of it", dict(there.headers))


async def test_a_delivery_without_its_receipt_is_not_offered_for_replay(opened: Opened) -> None:
    [one] = told()[:1]
    await take(opened, one.events)
    assert await opened.store.deliveries(Chosen(), None, 5) == []
    await take(opened, [one.receipt])
    assert [raw.delivery for raw in await opened.store.deliveries(Chosen(), None, 5)] == [one.delivery]


async def test_a_delivery_whose_receipt_never_comes_is_known_by_its_event_and_the_books_are_right(
    opened: Opened,
) -> None:
    first, again = told()[:2]
    await take(opened, first.events)  # its caller was told to come again, and did
    await take(opened, parts_of([again]))
    (health,) = await opened.timelines.health(EVERYBODY, ["shop-bot"])
    assert (health.books.seen, health.books.stored, health.books.duplicate) == (2, 1, 1)
    assert (health.books.arriving, health.books.balanced) == (0, True)


async def test_a_delivery_whose_event_never_comes_settles_when_another_has_brought_it(opened: Opened) -> None:
    first, again = told()[:2]
    await take(opened, [first.receipt])
    await take(opened, parts_of([again]))
    received_at = first.delivery.received_at
    assert await opened.store.settle(received_at) == 0  # it is too young
    assert await opened.store.settle(received_at + timedelta(seconds=1)) == 1
    (health,) = await opened.timelines.health(EVERYBODY, ["shop-bot"])
    assert (health.books.stored, health.books.duplicate, health.books.arriving) == (1, 1, 0)
    assert health.books.balanced


async def test_deliveries_that_wait_for_ever_hide_none_that_can_be_settled(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("timeline.store.writing.STEP", 2)
    who = [customer(telegram(5))]
    waiting = [reading(message(f"lost {n}", who)) for n in range(5)]
    await take(opened, [w.receipt for w in waiting])
    again = [message(f"lost {n}", who, delivery=delivery(f"again {n}", minutes=1)) for n in range(5)]
    long_after = waiting[0].delivery.received_at + timedelta(hours=1)
    last = max(waiting, key=lambda w: w.delivery.id)
    await take(opened, parts_of([reading(again[waiting.index(last)])]))
    assert await opened.store.settle(long_after) == 1
    assert await opened.store.settle(long_after) == 0


async def refuse(opened: Opened, one: Reading) -> None:
    d = one.delivery
    refusing = Refused(d.id, d.connector, d.channel, d.received_at, "too long")
    await opened.store.transact(lambda tx: tx.keep([refusing]))
