"""Two workers, each with a database connection of its own, on one store: what one alone would have made."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import timedelta
from uuid import uuid4

import pytest

from making import ORGANISATION, START, address, customer, message, mobile, reading, telegram
from peyvand.errors import Unavailable
from peyvand.event import Change, InteractionEvent
from recorded import everything
from stores import Opened
from timeline.folds.identity import Verdict, VerdictKind
from timeline.ports import Principal
from timeline.record import record
from timeline.store import Database, SqlLedger, SqlStore, open_database, rebuild

EVERYBODY = Principal("test")


@pytest.fixture
async def workers(opened: Opened, database_url: str) -> AsyncIterator[list[SqlStore]]:
    """Give the opened store and another one on the same database."""
    second = await open_database(database_url)
    yield [opened.store, SqlStore(second, ORGANISATION.id)]
    await second.close()


async def test_one_delivery_five_times_at_once_on_both_is_one_event(opened: Opened, workers: list[SqlStore]) -> None:
    one = reading(message("1", [customer(telegram(5))]))
    done = await asyncio.gather(*(record([one], workers[n % 2]) for n in range(10)))
    assert sorted(r.stored for r in done) == [0] * 9 + [1]
    (hit,) = await opened.timelines.recent(EVERYBODY, 5)
    assert hit.last is not None


async def test_changes_of_one_message_on_both_are_all_folded(opened: Opened, workers: list[SqlStore]) -> None:
    who = [customer(telegram(5))]
    edits = [message("1", who, f"text {n:02}", 1, change=Change.EDITED, order=f"{n:02}") for n in range(20)]
    await asyncio.gather(*(record([reading(e)], workers[n % 2]) for n, e in enumerate(edits)))
    (hit,) = await opened.timelines.recent(EVERYBODY, 5)
    assert hit.last is not None
    assert hit.last.text == "text 19"


async def test_a_stream_dealt_out_to_both_gives_what_a_rebuild_gives(opened: Opened, workers: list[SqlStore]) -> None:
    seed = random.randrange(1_000_000)
    chance = random.Random(seed)
    events = _stream(chance)
    dealt = [*events, *chance.sample(events, len(events) // 4)]
    chance.shuffle(dealt)
    await asyncio.gather(_work(workers[0], dealt[::2]), _work(workers[1], dealt[1::2]))
    mended = [step.mended async for step in rebuild(opened.store)][-1]
    assert mended == 0, f"seed {seed}"
    assert len(await opened.timelines.recent(EVERYBODY, 100)) > 1


async def test_what_is_decided_beside_both_stands_as_a_rebuild_has_it(opened: Opened, workers: list[SqlStore]) -> None:
    seed = random.randrange(1_000_000)
    chance = random.Random(seed)
    events = _stream(chance)
    await _work(workers[0], events[:10])
    deciding = _decide(opened.database, chance)
    await asyncio.gather(_work(workers[0], events[::2]), _work(workers[1], events[1::2]), deciding)
    assert [step.mended async for step in rebuild(opened.store)][-1] == 0, f"seed {seed}"


async def _decide(database: Database, chance: random.Random) -> None:
    """Merge, part, and take back, now this pair and now that."""
    ledger = SqlLedger(database, ORGANISATION.id)
    evidence, _ = await everything(database)
    handles = sorted({e.handle_id for e in evidence})
    for n in range(20):
        a, b = chance.sample(handles, 2)
        act, kind = uuid4(), chance.choice([VerdictKind.SAME, VerdictKind.DIFFERENT])
        verdict = Verdict(act, act, kind, a, b, None, "leila", START + timedelta(minutes=n))
        await _until_free(lambda verdict=verdict: ledger.decide([verdict]))  # type: ignore[misc]
        if n % 3 == 0:
            await _until_free(lambda act=act: ledger.revoke(act, "leila", START))  # type: ignore[misc]


async def _until_free(work: Callable[[], Awaitable[object]]) -> None:
    while True:
        try:
            await work()
            return
        except Unavailable:
            await asyncio.sleep(0)


async def _work(store: SqlStore, events: Sequence[InteractionEvent]) -> None:
    for n in range(0, len(events), 3):
        while True:
            try:
                await record([reading(e) for e in events[n : n + 3]], store)
                break
            except Unavailable:
                continue  # as every source does


def _stream(chance: random.Random) -> list[InteractionEvent]:
    events = []
    for n in range(90):
        handles = [telegram(chance.randint(1, 30))]
        if chance.random() < 0.2:
            handles.append(mobile(f"0912345{chance.randint(6700, 6706)}"))
        if chance.random() < 0.2:
            handles.append(address(f"p{chance.randint(1, 6)}@x.ir"))
        change = Change.CREATED if n % 3 else Change.EDITED
        events.append(
            message(
                f"m{n // 2}", [customer(*handles)], f"text {n}", chance.randint(0, 500), change=change, order=f"{n:03}"
            )
        )
    return events
