"""Suggestions are computed in a process of their own, kept, and shown until somebody decides."""

import asyncio
import time
from collections.abc import Iterator
from random import Random

import pytest

from making import ORGANISATION, START, address
from population.names import name, written
from stores import Opened
from timeline.folds.identity import handle_id
from timeline.ledger import Card
from timeline.ports import Principal
from timeline.store import SqlLedger, SqlLikenesses
from timeline.suggesting import suggest

EVERYBODY = Principal("test")


def _card(number: int, called: str | None, mailbox: str) -> Card:
    return Card("crm", str(number), called, (address(mailbox),), START)


async def test_two_of_one_rare_name_in_one_small_company_are_suggested(opened: Opened) -> None:
    ledger, likenesses = SqlLedger(opened.database, ORGANISATION.id), SqlLikenesses(opened.database)
    two = [_card(9001, "ژوبین خرمدین", "zh@khorram.ir"), _card(9002, "Zhoobin Khorramdin", "zhoobin@khorram.ir")]
    await ledger.introduce([*_others(Random(5)), *two])
    assert await likenesses.changed()
    assert await suggest(likenesses) >= 1
    wanted = {handle_id(ORGANISATION.id, *card.handles[0].key) for card in two}
    (found,) = [s for s in await ledger.suggestions(EVERYBODY, 100) if {s.a.id, s.b.id} == wanted]
    assert found.score is not None
    assert {name for name, bits in found.parts if bits > 5} >= {"name", "circle"}
    assert not await likenesses.changed()


async def test_who_stops_does_not_wait_for_a_comparison(opened: Opened) -> None:
    await SqlLedger(opened.database, ORGANISATION.id).introduce(list(_others(Random(5))))
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await suggest(SqlLikenesses(opened.database))
    assert time.monotonic() - began < 5


def _others(chance: Random) -> Iterator[Card]:
    """Give four hundred people of eighty companies, and a hundred who are there twice, from whom the scorer learns."""
    for n in range(400):
        yield _card(n, written(chance, name(chance), careful=True), f"p{n}@firm{n // 5}.ir")
    for n in range(100):
        called = name(chance)
        yield _card(1000 + n, written(chance, called, careful=True), f"a{n}@twice{n}.ir")
        yield _card(2000 + n, written(chance, called, careful=True), f"b{n}@twice{n}.ir")
