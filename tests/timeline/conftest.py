"""The store, on SQLite and on PostgreSQL: every test that asks for it runs on both."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from making import ORGANISATION
from stores import Opened
from timeline.store import SqlCursors, SqlStore, SqlTimelines, open_database


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.real)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Name an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store.db"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
async def opened(database_url: str) -> AsyncIterator[Opened]:
    """Open a fresh store."""
    database = await open_database(database_url)
    yield Opened(
        database, SqlStore(database, ORGANISATION.id), SqlTimelines(database, ORGANISATION), SqlCursors(database)
    )
    await database.close()


@pytest.fixture(scope="module")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an empty store once; each example of a property takes a copy."""
    empty = tmp_path_factory.mktemp("ledger") / "empty.db"

    async def make() -> None:
        await (await open_database(f"sqlite:///{empty}")).close()

    asyncio.run(make())
    return empty
