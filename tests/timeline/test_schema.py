"""The migrated schema is the one that the tables say, and the hot queries walk their indexes."""

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, event

from making import ORGANISATION, START, customer, message, mobile, reading, telegram
from peyvand.event import Direction
from stores import Opened
from timeline.ports import Filters, Principal
from timeline.record import record
from timeline.store.migrate import of_ours
from timeline.store.paging import encoded
from timeline.store.tables import metadata

EVERYBODY = Principal("test")


async def test_the_migrations_make_the_tables_as_declared(opened: Opened) -> None:
    def differences(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"include_object": of_ours})
        return list(compare_metadata(context, metadata))

    assert await opened.database.read(differences) == []


FILTERS = {
    "all": Filters(),
    "a channel": Filters(channels=frozenset({"phone"})),
    "a direction since a day": Filters(directions=frozenset({Direction.INBOUND}), since=START),
}


@pytest.mark.parametrize("filters", list(FILTERS.values()), ids=list(FILTERS))
async def test_a_page_walks_the_index_of_each_handle_and_never_sorts(opened: Opened, filters: Filters) -> None:
    who = customer(telegram(1), mobile("09123456789"))
    await record([reading(message(str(n), [who], "x", n)) for n in range(9)], opened.store)
    found = (await opened.timelines.recent(EVERYBODY, 1))[0].customer.id
    with _Heard() as heard:
        await opened.timelines.page(EVERYBODY, found, filters, encoded((START, ORGANISATION.id)), 3)
    ((statement, parameters),) = [s for s in heard.statements if "UNION ALL" in s[0]]
    plan = await opened.database.read(lambda c: _plan(c, statement, parameters))
    assert "participation" in plan
    assert not any(word in plan for word in ("SCAN participation", "TEMP B-TREE", "Seq Scan", "Sort"))


async def test_a_page_of_deliveries_walks_one_index_and_never_sorts(opened: Opened) -> None:
    await record([reading(message(str(n), [customer(telegram(1))], "x", n)) for n in range(9)], opened.store)
    with _Heard() as heard:
        await opened.timelines.deliveries(EVERYBODY, "shop-bot", "stored", encoded((START, ORGANISATION.id)), 3)
    statement, parameters = next(s for s in heard.statements if "LIMIT" in s[0])
    plan = await opened.database.read(lambda c: _plan(c, statement, parameters))
    assert "ix_delivery_outcome" in plan
    assert not any(word in plan for word in ("SCAN delivery", "TEMP B-TREE", "Seq Scan", "Sort"))


def _plan(connection: Connection, statement: str, parameters: Any) -> str:
    explain = "EXPLAIN QUERY PLAN "
    if connection.dialect.name == "postgresql":
        explain = "EXPLAIN "
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # nine rows are read faster without an index
        connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
    return "\n".join(str(row) for row in connection.exec_driver_sql(explain + statement, parameters))


class _Heard:
    """The statements that run while it is entered."""

    def __init__(self) -> None:
        self.statements: list[tuple[str, Any]] = []

    def _hear(self, _connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        self.statements.append((statement, parameters))

    def __enter__(self) -> "_Heard":
        event.listen(Engine, "before_cursor_execute", self._hear)
        return self

    def __exit__(self, *_error: object) -> None:
        event.remove(Engine, "before_cursor_execute", self._hear)
