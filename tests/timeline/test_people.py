"""Reading of people beyond their timelines, on both databases: handles, who is behind them, who is unknown."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from prometheus_client import REGISTRY

from fakes.sayings import NOON, ORGANISATION, address, filled, mailed, number, person, rang, said, telegram
from peyvand.delivery import Delivery
from peyvand.event import CallResult, Direction, InteractionEvent, Role
from peyvand.identity import Handle, Rules
from peyvand.publish import Reading
from stores import Opened
from timeline.folds.identity import Verdict, VerdictKind, handle_id
from timeline.knots import measure
from timeline.ledger import Card
from timeline.people import BY_HAND, NOBODY
from timeline.ports import Customer, Hit, Principal, Transaction
from timeline.record import record, refold
from timeline.store import SqlStore, rebuild
from timeline.store.ledger import SqlLedger
from timeline.store.people import SqlPeople

ALL, SALES = Principal("all"), Principal("sales", frozenset({"shop-bot"}))
LEILA, OMID = address("leila@factory.example"), address("omid@factory.example")
MOBILE, SWITCHBOARD, CHAT = number("0912 345 6789"), number("021 8888 0000"), telegram(7)


@pytest.fixture
def people(opened: Opened) -> SqlPeople:
    return SqlPeople(opened.database, ORGANISATION)


@pytest.fixture
def ledger(opened: Opened) -> SqlLedger:
    return SqlLedger(opened.database, ORGANISATION.id)


async def tell(opened: Opened, *events: InteractionEvent) -> None:
    came = [Delivery(e.delivery_id, e.connector, e.channel, e.received_at, b"{}") for e in events]
    await record([Reading(d, (e,)) for d, e in zip(came, events, strict=True)], opened.store)


def of(handle: Handle) -> UUID:
    return handle_id(ORGANISATION.id, *handle.key)


def decided(kind: VerdictKind, a: UUID, b: UUID | None = None, value: str | None = None, at: int = 0) -> Verdict:
    return Verdict(uuid4(), uuid4(), kind, a, b, value, "sara", NOON + timedelta(minutes=at))


def names(found: Sequence[Customer | Hit]) -> list[str | None]:
    return [c.customer.name if isinstance(c, Hit) else c.name for c in found]


def later(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


def called(minutes: int, handle: Handle, name: str | None = None, key: str | None = None) -> InteractionEvent:
    caller = person(name, handle, role=Role.CALLER)
    return rang(caller, CallResult.MISSED, key=key or f"c{minutes}", at=later(minutes))


async def test_handles_stand_with_their_customer_and_why_they_link_nobody(opened: Opened, people: SqlPeople) -> None:
    await tell(opened, filled(person("Leila", LEILA, SWITCHBOARD), {"a": "b"}, key="1"))
    found = await people.handles(ALL, [of(LEILA), of(SWITCHBOARD), uuid4()])
    assert {h.handle.value: h.shared for h in found.values()} == {
        "leila@factory.example": None,
        "+982188880000": "landline",
    }
    assert found[of(LEILA)].handle.names == ("Leila",)
    assert found[of(LEILA)].customer != found[of(SWITCHBOARD)].customer
    assert await people.handles(SALES, [of(LEILA)]) == {}


async def test_owners_come_once_in_the_order_of_the_handles(opened: Opened, people: SqlPeople) -> None:
    await tell(
        opened,
        filled(person("Leila", LEILA, MOBILE), {"a": "b"}, key="1"),
        said(person("Omid", CHAT), "hello", key="2"),
    )
    assert names(await people.owners(ALL, [of(CHAT), of(MOBILE), of(LEILA)])) == ["Omid", "Leila"]
    assert names(await people.owners(SALES, [of(CHAT), of(MOBILE)])) == ["Omid"]


async def test_what_came_through_a_handle_comes_page_by_page(opened: Opened, people: SqlPeople) -> None:
    await tell(opened, *(called(n, SWITCHBOARD) for n in range(5)), said(person("Omid", CHAT), "hello", key="2"))
    first = await people.through(ALL, of(SWITCHBOARD), None, 3)
    second = await people.through(ALL, of(SWITCHBOARD), first.older, 3)
    times = [(i.occurred_at - NOON) // timedelta(minutes=1) for page in (first, second) for i in page.entries]
    assert times == [4, 3, 2, 1, 0]
    assert second.older is None
    assert (await people.through(SALES, of(SWITCHBOARD), None, 3)).entries == ()


@pytest.fixture(params=["newest interactions", "all strangers", "one after the other"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let unknown callers be found among the newest interactions, among all strangers, or first so and then so."""
    step, steps = {"newest interactions": (500, 8), "all strangers": (500, 0), "one after the other": (2, 1)}[
        request.param
    ]
    monkeypatch.setattr("timeline.store.unknown.CHUNK", step)
    monkeypatch.setattr("timeline.store.unknown.REACH", step * steps)


async def unknown(people: SqlPeople, who: Principal, at_a_time: int) -> list[tuple[str, int]]:
    """Return unknown callers page by page, each with the minute in which he was last heard."""
    found: list[Hit] = []
    cursor = None
    while True:
        page = await people.unknown(who, cursor, at_a_time)
        assert len(page.hits) <= at_a_time
        found += page.hits
        if (cursor := page.older) is None:
            return [
                (h.customer.handles[0].value, (h.last.occurred_at - NOON) // timedelta(minutes=1))
                for h in found
                if h.last
            ]


@pytest.mark.usefixtures("way")
async def test_unknown_callers_have_a_number_and_nothing_else(
    opened: Opened, people: SqlPeople, ledger: SqlLedger
) -> None:
    named, known, hidden = number("0912 000 0001"), number("0912 000 0002"), number("0912 000 0003")
    await tell(
        opened,
        called(1, MOBILE),
        called(2, SWITCHBOARD),
        called(3, named, "Leila"),
        called(4, known),
        filled(person(None, LEILA, known), {"a": "b"}, key="f"),
        called(5, hidden),
        called(6, number("0912 000 0004")),
    )
    await ledger.decide([
        decided(VerdictKind.NOT_A_CUSTOMER, of(hidden), value="spam"),
        decided(VerdictKind.NAME, of(number("0912 000 0004")), value="Sara"),
    ])  # fmt: skip
    assert await unknown(people, ALL, 10) == [("+982188880000", 2), ("+989123456789", 1)]
    assert await unknown(people, SALES, 10) == []


@pytest.mark.usefixtures("way")
async def test_unknown_callers_come_page_by_page_each_where_he_was_last_heard(
    opened: Opened, people: SqlPeople
) -> None:
    numbers = [number(f"0912 345 111{n}") for n in range(5)]
    calls = [called(minute, numbers[minute % 5], key=f"{minute}") for minute in range(9)]
    known = [called(minute, number("0935 222 3344"), "Leila") for minute in range(20, 26)]
    beside = Principal("both", frozenset({"pbx", "shop-bot"}))
    await tell(opened, *calls, *known)
    last = [(numbers[minute % 5].value, minute) for minute in (8, 7, 6, 5, 4)]
    for who, at_a_time in ((ALL, 2), (ALL, 5), (ALL, 1), (beside, 3)):
        assert await unknown(people, who, at_a_time) == last
    with pytest.raises(ValueError, match="no cursor"):
        await people.unknown(ALL, "x", 2)


async def test_who_is_named_is_unknown_no_more_until_that_is_taken_away(opened: Opened, people: SqlPeople) -> None:
    named = called(2, MOBILE, "Leila", key="named")
    await tell(opened, called(1, MOBILE, key="bare"), named)
    assert await unknown(people, ALL, 5) == []

    def retract(tx: Transaction) -> None:
        gone = tx.retract([named.event_id])
        refold(tx, {e.interaction_id for e in gone})
        tx.resolve([], gone)

    await opened.store.transact(retract)
    assert await unknown(people, ALL, 5) == [("+989123456789", 1)]
    assert [p.mended async for p in rebuild(opened.store)][-1] == 0


async def test_what_came_without_a_handle_is_listed_until_it_is_moved(
    opened: Opened, people: SqlPeople, ledger: SqlLedger
) -> None:
    withheld = [rang(person(None, role=Role.CALLER), CallResult.MISSED, key=f"w{n}", at=later(n)) for n in range(3)]
    colleague = person("Sara", address("sara@example.ir"))
    among_us = said(colleague, "lunch?", key="l", direction=Direction.INTERNAL)
    await tell(opened, *withheld, among_us, called(9, MOBILE))

    async def listed(who: Principal = ALL) -> list[UUID]:
        first = await people.through(who, NOBODY, None, 2)
        rest = await people.through(who, NOBODY, first.older, 2) if first.older else None
        return [i.id for page in (first, rest) if page for i in page.entries]

    assert await listed() == [e.interaction_id for e in withheld[::-1]]
    assert await listed(SALES) == []
    move = decided(VerdictKind.MOVE, withheld[1].interaction_id, of(MOBILE))
    await ledger.decide([move])
    assert await listed() == [withheld[2].interaction_id, withheld[0].interaction_id]
    await ledger.revoke(move.act, "sara", NOON)
    assert len(await listed()) == 3
    assert [p.mended async for p in rebuild(opened.store)][-1] == 0


async def test_a_knot_of_handles_is_told_with_the_one_that_ties_it_and_measured(
    opened: Opened, people: SqlPeople
) -> None:
    mails = [address(f"m{n}@mail.example") for n in range(4)]
    forms = [filled(person(None, MOBILE, mail), {"a": "b"}, key=f"{n}", at=later(n)) for n, mail in enumerate(mails)]
    small = replace(opened, store=SqlStore(opened.database, ORGANISATION.id, Rules(most_handles=4)))
    await tell(small, *forms[:3])
    await measure(people)
    assert (await people.knots(ALL, 5), metric("peyvand_knots")) == ([], 0)
    await tell(small, forms[3])
    (knot,) = await people.knots(ALL, 5)
    assert (knot.handles, knot.hub.handle.value, knot.links) == (5, MOBILE.value, 4)
    assert await people.knots(SALES, 5) == []
    await measure(people)
    assert (metric("peyvand_knots"), metric("peyvand_largest_knot_handles")) == (1, 5)


def metric(name: str) -> float | None:
    return REGISTRY.get_sample_value(name)


async def test_a_switchboard_has_people_behind_it_those_who_came_last_first(opened: Opened, people: SqlPeople) -> None:
    await tell(
        opened,
        filled(person("Leila", LEILA, SWITCHBOARD), {"a": "b"}, key="1"),
        filled(person("Omid", OMID, SWITCHBOARD), {"a": "b"}, key="2", at=NOON + timedelta(hours=1)),
        mailed(person("Tom", address("tom@mail.example")), "x", "", key="3"),
    )
    assert names(await people.behind(ALL, of(SWITCHBOARD), 10)) == ["Omid", "Leila"]
    assert names(await people.behind(ALL, of(SWITCHBOARD), 1)) == ["Omid"]
    assert await people.behind(SALES, of(SWITCHBOARD), 10) == []


async def test_a_domain_has_its_people_and_not_those_of_one_that_ends_alike(opened: Opened, people: SqlPeople) -> None:
    await tell(
        opened,
        mailed(person("Leila", LEILA), "x", "", key="1"),
        mailed(person("Omid", OMID), "x", "", key="2", at=NOON + timedelta(hours=1)),
        mailed(person("Tom", address("tom@sweets-factory.example")), "x", "", key="3"),
    )
    assert names(await people.at_domain(ALL, "factory.example", 10)) == ["Omid", "Leila"]
    assert await people.at_domain(ALL, "%.example", 10) == []
    assert await people.at_domain(SALES, "factory.example", 10) == []


async def test_an_act_is_told_whole_or_not_at_all(opened: Opened, people: SqlPeople, ledger: SqlLedger) -> None:
    chat = said(person("Omid", CHAT), "hello", key="1")
    await tell(opened, chat, mailed(person("Leila", LEILA), "x", "", key="2"))
    both, own = decided(VerdictKind.DIFFERENT, of(CHAT), of(LEILA)), decided(VerdictKind.TAG, of(CHAT), value="vip")
    moved = decided(VerdictKind.MOVE, chat.interaction_id, of(LEILA))
    await ledger.decide([both, own, moved])
    for verdict, seen in ((both, False), (own, True), (moved, False)):
        assert await people.act(ALL, verdict.act) == [verdict]
        assert bool(await people.act(SALES, verdict.act)) is seen
    assert await people.act(ALL, uuid4()) == []


async def test_verdicts_that_stand_are_told_of_what_they_are_about(
    opened: Opened, people: SqlPeople, ledger: SqlLedger
) -> None:
    chat = said(person("Omid", CHAT), "hello", key="1")
    await tell(opened, chat, mailed(person("Leila", LEILA), "x", "", key="2"))
    first = decided(VerdictKind.MOVE, chat.interaction_id, of(LEILA))
    second = decided(VerdictKind.MOVE, chat.interaction_id, of(CHAT), at=1)
    gone = decided(VerdictKind.TAG, of(CHAT), value="vip", at=2)
    await ledger.decide([first, second, gone])
    await ledger.revoke(gone.act, "sara", NOON)
    assert await people.about(ALL, [chat.interaction_id]) == [second, first]
    assert await people.about(ALL, [of(CHAT)]) == [second]
    assert await people.about(SALES, [chat.interaction_id]) == [second]


async def test_a_card_that_says_nothing_any_more_is_not_introduced(people: SqlPeople, ledger: SqlLedger) -> None:
    await ledger.introduce([Card(BY_HAND, "k", "Leila", (LEILA,), NOON)])
    assert await people.introduced("k")
    await ledger.introduce([Card(BY_HAND, "k", None, (), NOON)])
    assert not await people.introduced("k")
    assert not await people.introduced("another")


async def test_of_two_names_the_newest_stands_and_is_found(opened: Opened, ledger: SqlLedger) -> None:
    await tell(opened, mailed(person("Leila", LEILA), "x", "", key="1"))
    older, newer = (decided(VerdictKind.NAME, of(LEILA), value=name, at=at) for name, at in (("الف", 1), ("كريمي", 2)))
    await ledger.decide([newer, older])

    async def found(query: str) -> Any:
        return names(await opened.timelines.search(ALL, query, 10))

    assert await found("کریمی") == ["كريمي"]
    await ledger.revoke(newer.act, "sara", NOON)
    assert await found("الف") == ["الف"]
    await ledger.revoke(older.act, "sara", NOON)
    assert (await found("leila"), await found("الف")) == (["Leila"], [])
