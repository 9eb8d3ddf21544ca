"""A rebuild changes nothing that is right, and mends what is wrong."""

import asyncio
import random

import pytest
from sqlalchemy import text

from making import ORGANISATION, customer, message, mobile, reading, telegram
from sessions import session
from stores import Opened
from timeline.ports import Progress
from timeline.record import record
from timeline.store import SqlStore, open_database, rebuild
from timeline.store.limits import Limits


async def _fill(store: SqlStore, events: int = 40) -> None:
    chance = random.Random(7)
    for n in range(events):
        who = customer(telegram(n % 9), *([mobile(f"091234567{n % 9:02d}")] if n % 3 else []), name=f"name {n % 5}")
        await record([reading(message(f"m{n}", [who], f"text {n}", chance.randint(0, 99)))], store)


async def _mended(opened: Opened) -> int:
    return (await _last(opened.store)).mended


async def test_a_rebuild_of_a_sound_store_changes_nothing(opened: Opened) -> None:
    await _fill(opened.store)
    assert await _mended(opened) == 0


@pytest.mark.real
async def test_counting_may_take_longer_than_a_page_may(postgres_url: str) -> None:
    database = await open_database(postgres_url, Limits.model_construct(read_seconds=0.1, lock_seconds=0.1))
    waited = "SELECT bool_or(clock_timestamp() - query_start > '0.5 s') FROM pg_stat_activity WHERE wait_event_type"
    async with session(postgres_url) as holder, session(postgres_url) as beside:
        await holder.do("BEGIN; LOCK TABLE interaction")
        rebuilding = asyncio.create_task(_last(SqlStore(database, ORGANISATION.id)))
        await beside.until(f"{waited} = 'Lock'")
        await holder.do("ROLLBACK")
        assert (await rebuilding).mended == 0
    await database.close()


async def _last(store: SqlStore) -> Progress:
    return [progress async for progress in rebuild(store)][-1]


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE handle SET customer = own",
        "DELETE FROM handle",
        "DELETE FROM link",
        "DELETE FROM handle_name",
        "DELETE FROM participation",
        "DELETE FROM evidence",
        "DELETE FROM interaction",
    ],
)
async def test_a_rebuild_mends_what_was_derived(opened: Opened, harm: str) -> None:
    await _fill(opened.store)
    before = await _state(opened)
    await opened.database.write(lambda c: c.execute(text(harm)).rowcount)
    assert await _mended(opened) > 0
    assert await _state(opened) == before
    assert await _mended(opened) == 0


async def _state(opened: Opened) -> dict[str, list[str]]:
    """Return all that is derived, but for the numbers that the database itself gives out."""
    everything = {
        what: f"SELECT * FROM {what}" for what in ("handle", "link", "handle_name", "participation", "evidence")
    } | {"interaction": "SELECT id, occurred_at, content FROM interaction"}
    return await opened.database.read(
        lambda c: {what: sorted(map(repr, c.execute(text(query)))) for what, query in everything.items()}
    )
