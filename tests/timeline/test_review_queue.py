"""The review queue: each pair of customers once, with all that speaks for it, page after page, on both stores."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection

from making import ORGANISATION, START, address, customer, message, mobile, reading
from peyvand.identity import Handle, Proof
from stores import Opened
from timeline.folds.identity import Verdict, VerdictKind, handle_id
from timeline.ledger import Suggestion
from timeline.ports import Principal
from timeline.record import record
from timeline.store import SqlLedger
from timeline.store.statements import insert_all, write
from timeline.store.tables import LikenessRow

ALL, BOT = Principal("test"), Principal("bot", frozenset({"shop-bot"}))
NAMES = ("Ali Rezaei", "Maryam Hosseini")


@pytest.fixture
def ledger(opened: Opened) -> SqlLedger:
    return SqlLedger(opened.database, ORGANISATION.id)


def _id(handle: Handle) -> UUID:
    return handle_id(ORGANISATION.id, *handle.key)


def _two(n: int) -> tuple[Handle, Handle]:
    """Return the addresses of two people who share their nth mobile."""
    return address(f"ali{n}@mail.example"), address(f"maryam{n}@mail.example")


async def _family(opened: Opened, n: int, proof: Proof = Proof.CLAIMED, connector: str = "shop-bot") -> None:
    """Tell of two people with one mobile: it stays with whom it was proved of, and is refused to the other."""
    number = f"0912345{n:04}"
    ali, maryam = _two(n)
    told = [
        (customer(ali, mobile(number, Proof.VIA), name=NAMES[0]), 0),
        (customer(maryam.model_copy(update={"proof": proof}), mobile(number), name=NAMES[1]), 1),
    ]
    events = [message(f"{n}-{i}", [who], minutes=10 * n + at, connector=connector) for i, (who, at) in enumerate(told)]
    await record([reading(event) for event in events], opened.store)


async def _alike(opened: Opened, one: Handle, other: Handle, score: float) -> None:
    a, b = sorted((_id(one), _id(other)))
    row = {"a": a, "b": b, "score": score, "parts": [["name", score]]}

    def work(connection: Connection) -> None:
        write(connection, insert_all(connection.dialect.name, LikenessRow), [row])

    await opened.database.write(work)


def _told(found: Sequence[Suggestion]) -> list[tuple[set[str], list[str]]]:
    """Return the values of the handles that speak most, and why each ground does."""
    return [({s.best.a.value, s.best.b.value}, [g.why for g in s.grounds]) for s in found]


async def _every(ledger: SqlLedger, limit: int, who: Principal = ALL, about: UUID | None = None) -> list[Suggestion]:
    found: list[Suggestion] = []
    cursor = None
    while True:
        page = await ledger.suggestions(who, limit, about, cursor)
        assert len(page.entries) <= limit
        found += page.entries
        if (cursor := page.further) is None:
            return found


async def test_the_weightiest_come_first_and_who_stands_in_both_lists_comes_once(
    opened: Opened, ledger: SqlLedger
) -> None:
    for n in (1, 2, 3):
        await _family(opened, n, Proof.VIA if n == 2 else Proof.CLAIMED)
    (ali1, maryam1), (_, maryam2), (_, maryam3) = (_two(n) for n in (1, 2, 3))
    await _alike(opened, maryam1, ali1, 5.5)
    await _alike(opened, maryam2, maryam3, 3.5)
    number2, number3 = (mobile(f"0912345000{n}").value for n in (2, 3))
    told = _told(await _every(ledger, 100))
    assert told == [
        ({ali1.value, maryam1.value}, ["like", "name"]),  # by a likeness, and by the number that both bore
        ({maryam2.value, maryam3.value}, ["like"]),
        ({number2, maryam2.value}, ["name"]),  # one of the two was proved
        ({number3, maryam3.value}, ["name"]),
    ]
    for limit in (1, 3):
        assert _told(await _every(ledger, limit)) == told


async def test_grounds_name_the_handle_of_the_one_customer_before_that_of_the_other(
    opened: Opened, ledger: SqlLedger
) -> None:
    await _family(opened, 1)
    await _alike(opened, *_two(1), 5.5)
    (found,) = await _every(ledger, 10)
    whose = {why.handle.id: c for c in (found.customer_a, found.customer_b) for why in await ledger.why(ALL, c)}
    assert [(whose[g.a.id], whose[g.b.id]) for g in found.grounds] == [(found.customer_a, found.customer_b)] * 2
    assert (found.best.score, found.best.parts) == (5.5, (("name", 5.5),))


async def test_a_customer_is_suggested_however_far_behind_in_the_queue(opened: Opened, ledger: SqlLedger) -> None:
    for n in range(1, 6):
        await _family(opened, n, Proof.VIA if n > 1 else Proof.CLAIMED)
    last = (await _every(ledger, 2))[-1]
    assert {last.best.a.value, last.best.b.value} == {mobile("09123450001").value, _two(1)[1].value}
    for about in (last.customer_a, last.customer_b):
        assert await _every(ledger, 1, about=about) == [last]


@pytest.mark.parametrize("kind", [VerdictKind.DISMISSED, VerdictKind.DIFFERENT])
async def test_two_on_whom_somebody_decided_are_not_suggested_for_another_reason(
    opened: Opened, ledger: SqlLedger, kind: VerdictKind
) -> None:
    await _family(opened, 1)
    await _alike(opened, *_two(1), 5.5)
    act, (ali, maryam) = uuid4(), _two(1)
    verdict = Verdict(act, act, kind, _id(ali), _id(maryam), None, "leila", START + timedelta(days=1))
    await ledger.decide([verdict])
    assert await _every(ledger, 10) == []
    await ledger.revoke(act, "leila", START)
    assert len(await _every(ledger, 10)) == 1


async def test_who_is_no_customer_is_not_suggested(opened: Opened, ledger: SqlLedger) -> None:
    await _family(opened, 1)
    act, spam = uuid4(), VerdictKind.NOT_A_CUSTOMER
    await ledger.decide([Verdict(act, act, spam, _id(_two(1)[1]), None, "spam", "leila", START)])
    assert await _every(ledger, 10) == []


async def test_a_team_is_suggested_what_it_sees(opened: Opened, ledger: SqlLedger) -> None:
    await _family(opened, 1, connector="another")
    await _family(opened, 2)
    await _alike(opened, _two(1)[0], _two(2)[0], 9.0)
    assert len(await _every(ledger, 10)) == 3
    (seen,) = await _every(ledger, 10, BOT)
    assert {seen.best.a.value, seen.best.b.value} == {mobile("09123450002").value, _two(2)[1].value}


async def test_a_cursor_that_is_none_is_refused(ledger: SqlLedger) -> None:
    for cursor in ("x", "2026", "ü", "A" * 60):
        with pytest.raises(ValueError, match="no cursor of suggestions"):
            await ledger.suggestions(ALL, 1, None, cursor)
