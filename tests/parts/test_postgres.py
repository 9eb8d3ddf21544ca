"""The PostgreSQL that tests get is real, empty and of a size with Persian."""

import asyncio

import asyncpg
import pytest

from parts.postgres import OwnPostgres

pytestmark = pytest.mark.real


async def test_each_test_gets_an_empty_database(postgres_url: str) -> None:
    connection = await asyncpg.connect(postgres_url.replace("+asyncpg", ""))
    tables = await connection.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
    await connection.close()
    assert tables == 0


async def test_upper_case_knows_letters_beyond_ascii(postgres_url: str) -> None:
    connection = await asyncpg.connect(postgres_url.replace("+asyncpg", ""))
    upper = await connection.fetchval("SELECT upper('ä') || length('سلام')")
    await connection.close()
    assert upper == "Ä4"


def test_a_test_without_a_loop_gets_one_too(postgres_url: str) -> None:
    assert postgres_url.startswith("postgresql+asyncpg://")


async def _count(url: str) -> int:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        return int(await connection.fetchval("SELECT count(*) FROM kept"))
    finally:
        await connection.close()


async def _keep_one(url: str) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    await connection.execute("CREATE TABLE IF NOT EXISTS kept (one int); INSERT INTO kept VALUES (1)")
    await connection.close()


async def test_a_server_of_ones_own_keeps_what_it_acknowledged_when_it_is_killed(own_postgres: OwnPostgres) -> None:
    with own_postgres.database() as url:
        await _keep_one(url)
        own_postgres.kill()
        with pytest.raises(OSError, match="Connect call failed"):
            await _count(url)
        own_postgres.start()
        assert await _count(url) == 1


async def test_a_server_of_ones_own_comes_back_after_a_stop(own_postgres: OwnPostgres) -> None:
    with own_postgres.database() as url:
        await _keep_one(url)
        own_postgres.stop()
        own_postgres.start()
        assert await _count(url) == 1


async def test_a_paused_server_answers_only_when_it_goes_on(own_postgres: OwnPostgres) -> None:
    with own_postgres.database() as url:
        await _keep_one(url)
        own_postgres.pause()
        asked = asyncio.create_task(_count(url))
        done, _ = await asyncio.wait([asked], timeout=0.5)
        own_postgres.resume()
        assert not done
        assert await asked == 1
