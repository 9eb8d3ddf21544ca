"""The port Register, and each adapter of it: of what races under one id one content stands, in all copies."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from peyvand.postgres_register import PostgresRegister
from peyvand.register import REMEMBERED, Claim, Noted, Register, Row
from peyvand.testing import MemoryRegister
from timeline.store import Database, SqlRegister, open_database

START = datetime(2026, 1, 1, tzinfo=UTC)


async def _of_timeline(database: Database, _url: str, _stack: AsyncExitStack) -> Register:
    return SqlRegister(database)


async def _of_service(_database: Database, url: str, stack: AsyncExitStack) -> Register:
    return await stack.enter_async_context(PostgresRegister(url).running())


ADAPTERS: dict[str, Callable[[Database, str, AsyncExitStack], Awaitable[Register]]] = {
    "timeline-sqlite": _of_timeline,
    "timeline-postgres": _of_timeline,
    "service-postgres": _of_service,
}
PARAMS = ["memory", *(pytest.param(n, marks=pytest.mark.real if "postgres" in n else ()) for n in ADAPTERS)]


@pytest.fixture(params=PARAMS)
async def register(request: pytest.FixtureRequest) -> AsyncIterator[Register]:
    """Give a register of each kind."""
    if request.param == "memory":
        yield MemoryRegister()
        return
    folder: Path = request.getfixturevalue("tmp_path")
    url = request.getfixturevalue("postgres_url") if "postgres" in request.param else f"sqlite:///{folder}/store.db"
    async with AsyncExitStack() as stack:
        database = await open_database(url)
        stack.push_async_callback(database.close)
        yield await ADAPTERS[request.param](database, url, stack)


def claim(own_id: str = "order-1", content: str = "a", revision: int = 0) -> Claim:
    return Claim(own_id, revision, content * 64, UUID(int=1), uuid7(), START)


def noted(number: int, key: str = "live", **fields: object) -> Noted:
    plain = Noted(uuid7(), START + timedelta(seconds=number), key, "POST", 201)
    return replace(plain, **fields)  # type: ignore[arg-type]


async def test_the_first_to_claim_an_id_stands_and_is_not_durable_yet(register: Register) -> None:
    first, again, other = claim(), claim(), claim(content="b")
    (stands,) = await register.claim("shop", [first])
    assert (stands.claim, stands.durable) == (first, False)
    assert [s.claim for s in await register.claim("shop", [again, other])] == [first, first]
    assert stands.is_said_by(again)
    assert not stands.is_said_by(other)


async def test_another_connectors_same_id_is_another(register: Register) -> None:
    await register.claim("shop", [claim()])
    theirs = claim(content="b")
    assert [s.claim for s in await register.claim("office", [theirs])] == [theirs]


async def test_a_higher_revision_takes_its_place_and_a_lower_one_does_not(register: Register) -> None:
    first, second, late = claim(), claim(content="b", revision=2), claim(content="c", revision=1)
    await register.claim("shop", [first])
    await register.note("shop", noted(1), [first])
    (stands,) = await register.claim("shop", [second])
    assert (stands.claim, stands.durable) == (second, False)
    assert [s.claim for s in await register.claim("shop", [late])] == [second]


async def test_one_id_twice_in_a_batch_is_claimed_in_its_order(register: Register) -> None:
    first, other, higher = claim(), claim(content="b"), claim(content="c", revision=1)
    found = await register.claim("shop", [first, claim("order-2"), other, higher])
    assert [s.claim for s in found if s.claim.id == "order-1"] == [first, first, higher]


async def test_what_is_durable_is_told_of_that_content_only(register: Register) -> None:
    first, second = claim(), claim(content="b", revision=1)
    await register.claim("shop", [first])
    await register.note("shop", noted(1), [first])
    assert [s.durable for s in await register.claim("shop", [claim()])] == [True]
    await register.claim("shop", [second])
    await register.note("shop", noted(2), [first])  # told late
    fate = await register.fate("shop", "order-1")
    assert fate is not None
    assert (fate.standing.claim, fate.standing.durable, fate.outcome) == (second, False, None)
    assert await register.fate("shop", "order-2") is None


async def test_of_ten_contents_that_race_under_one_id_all_see_the_same_one(register: Register) -> None:
    racing = [claim(content=letter) for letter in "abcdefghij"]
    found = await asyncio.gather(*(register.claim("shop", [c]) for c in racing))
    assert len({stands.claim for (stands,) in found}) == 1
    assert sum(stands.claim == c for (stands,), c in zip(found, racing, strict=True)) == 1


async def test_batches_that_cross_each_other_both_end(register: Register) -> None:
    names = [f"order-{n}" for n in range(20)]
    there = [claim(name) for name in names]
    back = [claim(name, "b") for name in reversed(names)]
    found = await asyncio.wait_for(asyncio.gather(*(register.claim("shop", batch) for batch in (there, back) * 5)), 30)
    assert {(s.claim.id, s.claim.digest) for batch in found for s in batch} == {
        (s.claim.id, s.claim.digest) for s in found[0]
    }


async def test_what_many_partners_say_at_once_is_claimed_and_noted_each_for_its_own(register: Register) -> None:
    partners = [f"partner-{n}" for n in range(30)]
    claims = [claim(f"order-{n % 3}", "ab"[n % 2]) for n in range(30)]
    found = await asyncio.gather(*(register.claim(p, [c]) for p, c in zip(partners, claims, strict=True)))
    assert [stands.claim for (stands,) in found] == claims
    requests = [noted(n, f"key-{n % 2}") for n in range(30)]
    told = zip(partners, requests, claims, strict=True)
    await asyncio.gather(*(register.note(p, n, [c] if c.digest[0] == "a" else []) for p, n, c in told))
    again = await asyncio.gather(*(register.claim(p, [c]) for p, c in zip(partners, claims, strict=True)))
    assert [stands.durable for (stands,) in again] == [True, False] * 15
    assert [await register.requests(p) for p in partners] == [[n] for n in requests]


async def test_the_last_requests_of_each_key_are_remembered_newest_first(register: Register) -> None:
    of_another = noted(1, "test", status=422, why="wrong", events=2, rows=(Row("a\u200cb", 422, "wrong"),))
    every = [noted(n) for n in range(REMEMBERED + 3)]
    await register.note("shop", of_another)
    for one in every:
        await register.note("shop", one)
    await register.note("office", noted(7))
    assert list(await register.requests("shop", "live")) == every[:2:-1]
    assert list(await register.requests("shop", "test")) == [of_another]
    assert list(await register.requests("shop")) == [*every[:2:-1], of_another]
