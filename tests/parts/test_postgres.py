"""The PostgreSQL that tests get is real, empty and of a size with Persian."""

import asyncpg
import pytest

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
