"""Suggestions are computed in a process of their own, kept, and shown until somebody decides."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing import active_children
from random import Random
from typing import Any

import pytest

from making import ORGANISATION, START, address, mobile
from population.names import name, written
from stores import Opened
from timeline.comparing import compared
from timeline.folds.identity import handle_id
from timeline.ledger import Card
from timeline.ports import Principal
from timeline.store import SqlCursors, SqlLedger, SqlLikenesses
from timeline.store.likenesses import LEASE
from timeline.suggesting import suggest

EVERYBODY = Principal("test")


@dataclass
class _Clock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now


async def _looks(likenesses: SqlLikenesses) -> bool:
    async with likenesses.turn() as ours:
        return ours


def _card(number: int, called: str | None, mailbox: str) -> Card:
    return Card("crm", str(number), called, (address(mailbox),), START)


async def test_two_of_one_rare_name_in_one_small_company_are_suggested(opened: Opened) -> None:
    ledger = SqlLedger(opened.database, ORGANISATION.id)
    two = [_card(9001, "ژوبین خرمدین", "zh@khorram.ir"), _card(9002, "Zhoobin Khorramdin", "zhoobin@khorram.ir")]
    await ledger.introduce([*_others(Random(5)), *two])
    assert await suggest(SqlLikenesses(opened.database))
    wanted = {handle_id(ORGANISATION.id, *card.handles[0].key) for card in two}
    suggested = (await ledger.suggestions(EVERYBODY, 1_000)).entries
    (found,) = [s.best for s in suggested if {s.best.a.id, s.best.b.id} == wanted]
    assert found.score is not None
    assert {name for name, bits in found.parts if bits > 5} >= {"name", "circle"}


async def test_of_two_processes_one_looks(opened: Opened) -> None:
    await SqlLedger(opened.database, ORGANISATION.id).introduce([_card(1, "Ali", "ali@x.ir")])
    one, other = SqlLikenesses(opened.database), SqlLikenesses(opened.database)
    async with one.turn() as ours, other.turn() as theirs:
        assert (ours, theirs) == (True, False)
    async with other.turn() as theirs:
        assert not theirs  # somebody just did


async def test_who_was_killed_while_looking_is_not_waited_for(opened: Opened) -> None:
    await SqlLedger(opened.database, ORGANISATION.id).introduce([_card(1, "Ali", "ali@x.ir")])
    assert await SqlCursors(opened.database).acquire(LEASE, "killed", 60)
    clock = _Clock(datetime.now(UTC))
    other = SqlLikenesses(opened.database, clock)
    async with other.turn() as ours:
        assert not ours
    clock.now += timedelta(minutes=2)
    async with other.turn() as ours:
        assert ours


async def test_one_looks_again_after_an_hour_if_something_has_changed(opened: Opened) -> None:
    ledger, clock = SqlLedger(opened.database, ORGANISATION.id), _Clock(datetime.now(UTC))
    likenesses = SqlLikenesses(opened.database, clock)
    await ledger.introduce([_card(1, "Ali", "ali@x.ir")])
    looked = [await _looks(likenesses)]
    clock.now += timedelta(hours=2)
    looked.append(await _looks(likenesses))
    await ledger.introduce([_card(2, "Sara", "sara@x.ir")])
    looked += [await _looks(likenesses), await _looks(likenesses)]
    await ledger.introduce([_card(3, "Reza", "reza@x.ir")])
    looked.append(await _looks(likenesses))
    clock.now += timedelta(hours=1, minutes=1)
    assert [*looked, await _looks(likenesses)] == [True, False, True, False, False, True]


async def test_a_look_that_failed_does_not_count(opened: Opened) -> None:
    await SqlLedger(opened.database, ORGANISATION.id).introduce([_card(1, "Ali", "ali@x.ir")])
    likenesses = SqlLikenesses(opened.database)
    with pytest.raises(ValueError, match="failed"):
        async with likenesses.turn():
            raise ValueError("failed")
    assert await _looks(likenesses)


async def test_customers_are_told_page_by_page_with_what_they_are_compared_by(opened: Opened) -> None:
    likenesses, cards = SqlLikenesses(opened.database), list(_others(Random(5)))
    behind = Card("crm", "9999", "علی رضایی", (address("info@firm1.ir"), address("ali@firm1.ir")), START)
    await SqlLedger(opened.database, ORGANISATION.id).introduce([*cards, behind])
    pages = [page async for page in likenesses.people()]
    told = {a for page in pages for p in page for a in p.addresses}
    assert len(pages) > 1
    assert told == {h.value for card in cards for h in card.handles} | {"ali@firm1.ir"}
    (ali,) = [p for page in pages for p in page if "ali@firm1.ir" in p.addresses]
    assert (ali.names, ali.beside) == (("علی رضایی",), (handle_id(ORGANISATION.id, *behind.handles[0].key),))


async def test_refused_links_are_told_as_pairs_of_customers(opened: Opened) -> None:
    two = [
        Card("crm", str(n), called, (mobile("09123456789"), address(f"p{n}@x.ir")), START + timedelta(days=n))
        for n, called in enumerate(["علی رضایی", "سارا کریمی"])
    ]
    await SqlLedger(opened.database, ORGANISATION.id).introduce(two)
    likenesses = SqlLikenesses(opened.database)
    customers = {p.customer async for page in likenesses.people() for p in page}
    (pair,) = [pair async for page in likenesses.refused() for pair in page]
    assert set(pair) == customers


async def test_what_goes_wrong_in_the_other_process_is_told() -> None:
    with pytest.raises(TypeError):
        await compared(_pages([1]), _pages())


async def _pages(*pages: Any) -> AsyncIterator[Any]:
    for page in pages:
        yield page


async def test_who_stops_does_not_wait_for_a_comparison(opened: Opened) -> None:
    await SqlLedger(opened.database, ORGANISATION.id).introduce(list(_others(Random(5))))
    looking = asyncio.create_task(suggest(SqlLikenesses(opened.database)))
    async with asyncio.timeout(60):
        while not (beside := active_children()):
            await asyncio.sleep(0.001)
    (comparing,) = beside
    assert comparing.pid is not None
    os.kill(comparing.pid, signal.SIGSTOP)  # so that it is not done before we stop, however fast the machine
    await asyncio.sleep(0.5)
    began = time.monotonic()
    looking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await looking
    assert time.monotonic() - began < 5
    assert not active_children()


def _others(chance: Random) -> Iterator[Card]:
    """Give four hundred people of eighty companies, and a hundred who are there twice, from whom the scorer learns."""
    for n in range(400):
        yield _card(n, written(chance, name(chance), careful=True), f"p{n}@firm{n // 5}.ir")
    for n in range(100):
        called = name(chance)
        yield _card(1000 + n, written(chance, called, careful=True), f"a{n}@twice{n}.ir")
        yield _card(2000 + n, written(chance, called, careful=True), f"b{n}@twice{n}.ir")
