"""All customers page after page, and what cards would bring, on both stores."""

from dataclasses import replace

from hearing import Heard
from making import ORGANISATION, START, customer, message, mobile, reading
from peyvand.identity import Proof, handle
from stores import Opened
from timeline.ledger import Card, Introduced
from timeline.ports import Principal
from timeline.record import record
from timeline.store.ledger import SqlLedger
from timeline.store.listing import customers_after, would_bring

EVERYBODY = Principal("test")
CARDS = [
    Card(
        "crm",
        str(n),
        f"Customer {n}",
        (handle("crm", n, scope="crm", proof=Proof.VIA), mobile(f"0912345{n:04}")),
        START,
    )
    for n in range(100, 107)
]


async def test_every_customer_is_on_exactly_one_page(opened: Opened) -> None:
    await SqlLedger(opened.database, ORGANISATION.id).introduce(CARDS)
    first, middle = await customers_after(opened.database, EVERYBODY, None, 3)
    second, last = await customers_after(opened.database, EVERYBODY, middle, 3)
    third, end = await customers_after(opened.database, EVERYBODY, last, 3)
    names = [c.name for c in (*first, *second, *third)]
    assert ([len(p) for p in (first, second, third)], end) == ([3, 3, 1], None)
    assert sorted(n or "" for n in names) == [c.name for c in CARDS]


async def test_a_page_takes_a_few_questions_however_many_are_on_it(opened: Opened) -> None:
    await SqlLedger(opened.database, ORGANISATION.id).introduce(CARDS)
    called = [message(str(n), [customer(card.handles[1])], minutes=n) for n, card in enumerate(CARDS)]
    await record([reading(event) for event in called], opened.store)
    asked = []
    for limit in (1, 100):
        with Heard() as heard:
            page, _ = await customers_after(opened.database, EVERYBODY, None, limit)
        asked.append(sum("SELECT" in statement for statement, _ in heard.statements))
    assert (asked[0], asked[1] <= 8) == (asked[1], True)
    calls = {card.name: event.occurred_at for card, event in zip(CARDS, called, strict=True)}
    assert {c.name: c.last_at for c in page} == calls


async def test_an_empty_store_has_one_empty_page(opened: Opened) -> None:
    assert await customers_after(opened.database, EVERYBODY, None, 3) == ([], None)


async def test_what_cards_would_bring_is_what_they_bring(opened: Opened) -> None:
    ledger = SqlLedger(opened.database, ORGANISATION.id)
    await ledger.introduce(CARDS[:4])
    coming = [*CARDS[1:3], replace(CARDS[3], name="Somebody"), *CARDS[4:]]
    told = await would_bring(opened.database, ORGANISATION.id, coming)
    assert told == Introduced(new=3, changed=1, same=2)
    assert await ledger.introduce(coming) == told
