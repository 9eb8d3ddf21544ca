"""The history of the benchmarks is what the product itself would have written: a rebuild finds nothing to mend."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from uuid import UUID

import pytest
from sqlalchemy import Connection, select, text

from benchmarks.agreement import components, differing
from benchmarks.filling import connected, fill
from benchmarks.history import History
from benchmarks.moulds import Mould
from benchmarks.pressing import moulds
from making import ORGANISATION
from timeline.store import Database, SqlStore, open_database, rebuild
from timeline.store.statements import table
from timeline.store.tables import HandleRow

pytestmark = pytest.mark.real

HANDLE = table(HandleRow).c


@pytest.fixture(scope="module")
def pressed() -> Mapping[str, list[Mould]]:
    """Return the moulds, made once."""
    return asyncio.run(moulds(ORGANISATION))


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    """Open an empty store."""
    opened = await open_database(postgres_url)
    yield opened
    await opened.close()


async def _filled(url: str, pressed: Mapping[str, list[Mould]], thousands: int) -> None:
    async with connected(url) as connection:
        await fill(connection, History(ORGANISATION, pressed, each=4), 1, range(thousands))


async def test_what_stands_after_a_bulk_load_is_what_its_evidence_says(
    database: Database, postgres_url: str, pressed: Mapping[str, list[Mould]]
) -> None:
    await _filled(postgres_url, pressed, 2)
    every = await database.read(lambda c: set(c.execute(select(HANDLE.id)).scalars()))
    assert len(every) > 4_000
    assert await database.read(lambda c: differing(c, ORGANISATION.id, every)) == []
    reasons = await database.read(lambda c: set(c.execute(select(HANDLE.shared).distinct()).scalars()))
    assert reasons == {None, "decided", "generic", "landline", "names"}
    await database.write(lambda c: c.execute(text("UPDATE handle SET customer = own")).rowcount)
    assert await database.read(_sampled) != []


async def test_a_rebuild_after_a_bulk_load_mends_nothing(
    database: Database, postgres_url: str, pressed: Mapping[str, list[Mould]]
) -> None:
    await _filled(postgres_url, pressed, 1)
    *_, last = [progress async for progress in rebuild(SqlStore(database, ORGANISATION.id))]
    assert last.mended == 0


def _sampled(connection: Connection) -> list[str]:
    around = [UUID(int=n << 120) for n in range(0, 256, 16)]
    return differing(connection, ORGANISATION.id, components(connection, around))
