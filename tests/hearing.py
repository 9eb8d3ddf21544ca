"""Which statements a question asks of a database, and how the database would answer each."""

from typing import Any

from sqlalchemy import Connection, Engine, event


def plan(connection: Connection, statement: str, parameters: Any) -> str:
    """Return how a statement is answered where a table is too large to be read whole."""
    explain = "EXPLAIN QUERY PLAN "
    if connection.dialect.name == "postgresql":
        explain = "EXPLAIN "
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # nine rows are read faster without an index
        connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
    return "\n".join(str(row) for row in connection.exec_driver_sql(explain + statement, parameters))


class Heard:
    """The statements that run while it is entered."""

    def __init__(self) -> None:
        self.statements: list[tuple[str, Any]] = []

    def _hear(self, _connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        self.statements.append((statement, parameters))

    def __enter__(self) -> "Heard":
        event.listen(Engine, "before_cursor_execute", self._hear)
        return self

    def __exit__(self, *_error: object) -> None:
        event.remove(Engine, "before_cursor_execute", self._hear)
