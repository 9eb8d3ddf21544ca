"""On PostgreSQL what stands inside names and handles is found by an index, or else found all the same."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import URL, Connection, text
from sqlalchemy.engine import make_url
from structlog.testing import capture_logs

from conftest import not_run
from hearing import Heard
from making import ORGANISATION, address, customer, message, mobile, reading
from parts.missing import Missing
from parts.postgres import Postgres
from timeline.ports import Principal
from timeline.record import record
from timeline.store import Database, SqlStore, SqlTimelines, open_database

pytestmark = pytest.mark.real
THERE = text("SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_trgm'")
EVERYBODY = Principal("test")
ASKED = [
    ("لیرض", "handle_name.folded", "trigrams_of_handle_name"),
    ("عل", "handle_name.folded", "trigrams_of_handle_name"),
    ("3456789", "handle.value", "trigrams_of_handle"),
    ("info@fi", "handle.value", "trigrams_of_handle"),
]


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    opened = await open_database(postgres_url)
    if not await opened.read(lambda c: c.execute(THERE).scalar()):
        not_run(Missing("PostgreSQL's extension pg_trgm"))
    yield opened
    await opened.close()


async def _found(database: Database, query: str) -> set[str | None]:
    timelines = SqlTimelines(database, ORGANISATION)
    return {hit.customer.name for hit in await timelines.search(EVERYBODY, query, 5)}


async def _stored(database: Database) -> None:
    who = customer(mobile("09123456789"), address("info@firm.ir"), name="علیرضا احمدی")
    await record([reading(message("1", [who]))], SqlStore(database, ORGANISATION.id))


@pytest.mark.parametrize(("query", "asks", "index"), ASKED)
async def test_a_part_is_found_by_an_index(database: Database, query: str, asks: str, index: str) -> None:
    await _stored(database)
    with Heard() as heard:
        assert await _found(database, query) == {"علیرضا احمدی"}
    statement, parameters = next(s for s in heard.statements if f"{asks} LIKE" in s[0])

    def plan(connection: Connection) -> str:
        connection.execute(text("SET LOCAL enable_seqscan = off"))  # a row is read faster without an index
        connection.execute(text("SET LOCAL enable_indexscan = off"))
        return "\n".join(connection.exec_driver_sql(f"EXPLAIN {statement}", parameters).scalars())

    assert index in await database.read(plan)


async def test_a_database_in_the_c_locale_says_so_and_finds_by_looking_through_all(postgres: Postgres) -> None:
    with _made(postgres, "TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'") as url:
        said = await _said_and_found(url)
    assert "C.UTF-8" in said["why"]


async def test_who_may_not_make_the_extension_hears_why_and_finds_by_looking_through_all(postgres: Postgres) -> None:
    who = f"peyvand_test_{uuid4().hex[:12]}"
    postgres.do(f"CREATE ROLE {who} LOGIN PASSWORD 'x'")
    try:
        with _made(postgres, f"OWNER {who}") as url:
            postgres.do(f"REVOKE CREATE ON DATABASE {url.database} FROM {who}")
            said = await _said_and_found(url.set(username=who, password="x"))
    finally:
        postgres.do(f"DROP ROLE {who}")
    assert "pg_trgm" in said["why"]


async def test_an_extension_in_a_schema_that_is_not_looked_in_keeps_nobody_from_starting(postgres: Postgres) -> None:
    with _made(postgres, "") as url:
        session = await asyncpg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False))
        await session.execute("CREATE SCHEMA apart; CREATE EXTENSION pg_trgm SCHEMA apart")
        await session.close()
        said = await _said_and_found(url)
    assert "gin_trgm_ops" in said["why"]


@contextmanager
def _made(postgres: Postgres, how: str) -> Iterator[URL]:
    """Yield an empty database that is made in a way of its own."""
    name = f"peyvand_test_{uuid4().hex[:12]}"
    postgres.do(f"CREATE DATABASE {name} {how}")
    try:
        yield make_url(postgres.url).set(drivername="postgresql+asyncpg", database=name)
    finally:
        postgres.do(f"DROP DATABASE {name} WITH (FORCE)")


async def _said_and_found(url: URL) -> Any:
    with capture_logs() as logs:
        database = await open_database(url.render_as_string(hide_password=False))
    try:
        await _stored(database)
        assert [await _found(database, query) for query, *_ in ASKED] == [{"علیرضا احمدی"}] * len(ASKED)
    finally:
        await database.close()
    (said,) = [entry for entry in logs if entry["event"] == "search goes through all names"]
    return said
