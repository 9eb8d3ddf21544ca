"""Who does errands in a process, and what is said where nobody can."""

from pathlib import Path

from errands.files import Settings, Vendor
from peyvand.runners import Means, runners
from peyvand.settings import Connector
from peyvand.testing import MemoryBlobs, MemoryCursors, MemoryPublisher
from timeline.store import SqlErrands, open_database

CONNECTOR = Connector("shop-bot", "telegram", Settings(), largest_file_mb=3)


async def test_without_a_database_it_is_said_in_words_what_is_not_done() -> None:
    found = runners([(CONNECTOR, Vendor().source)], Means(MemoryPublisher(), MemoryBlobs(), "a"))
    assert found.running == ()
    assert "shop-bot" in (said := str(await found.ready()))
    assert "DATABASE_URL" in said


async def test_a_connector_says_how_large_its_files_may_be(tmp_path: Path) -> None:
    database = await open_database(f"sqlite:///{tmp_path}/store.db")
    means = Means(MemoryPublisher(), MemoryBlobs(), "a", SqlErrands(database), MemoryCursors())
    found = runners([(CONNECTOR, Vendor().source)], means)
    await database.close()
    assert found.media is not None
    assert found.media.places["shop-bot"].largest == 3 * 1024 * 1024
    assert await found.ready() is None


async def test_where_nothing_is_to_be_done_nobody_is_missed() -> None:
    assert await runners([], Means(MemoryPublisher(), MemoryBlobs(), "a")).ready() is None
