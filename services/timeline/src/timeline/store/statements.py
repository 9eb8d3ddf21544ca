"""Statements that both databases understand, in the shapes that are fast on both.

Rows are written many at a time: SQLite takes one after the other inside the process; PostgreSQL takes each column as
one array and unnests them, a tenth of the work of as many parameters.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any, TypeVar, cast

from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    Connection,
    CursorResult,
    Insert,
    Select,
    Table,
    Update,
    and_,
    any_,
    bindparam,
    func,
    select,
    tuple_,
)
from sqlalchemy import update as updating
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

T = TypeVar("T")
# Below SQLite's and asyncpg's limits of parameters, and long enough that a round trip does not matter.
CHUNK = 500
Rows = Sequence[Mapping[str, Any]]


def table(model: type[SQLModel]) -> Table:
    """Return a model's table."""
    found: Table = vars(model)["__table__"]
    return found


def chunks(values: Collection[T] | Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Return the values in lists of at most `size`."""
    iterator = iter(values)
    while part := list(islice(iterator, size)):
        yield part


def among(dialect: str, column: Any) -> ColumnElement[bool]:
    """Return that a column is one of the parameter `ids`; statements of the hot path are made once, and this allows it.

    On PostgreSQL as one array: a list of parameters would be another statement, to be planned anew, for every length.
    """
    if dialect == "postgresql":
        given: BindParameter[Any] = bindparam("ids", type_=ARRAY(column.type, dimensions=1))
        return cast("ColumnElement[bool]", column == any_(given))
    return cast("ColumnElement[bool]", column.in_(bindparam("ids", expanding=True)))


def at_keys(dialect: str, model: type[SQLModel], keys: Sequence[str], *columns: str) -> Select[Any]:
    """Return a selection of the rows with given keys of several columns, to be read by `read_keys`.

    On PostgreSQL the keys are joined as arrays: a planner that sees two lists would try every pair of their values.
    """
    there = table(model)
    wanted = [there.c[name] for name in columns]
    if dialect == "postgresql":
        given = _unnested(there, {f"key_{name}": name for name in keys})
        return select(*wanted).join(given, and_(*(there.c[name] == given.c[f"key_{name}"] for name in keys)))
    every = tuple_(*(there.c[name] for name in keys))
    return select(*wanted).where(every.in_(bindparam("keys", expanding=True)))


def read_keys(
    connection: Connection, statement: Select[Any], keys: Sequence[str], wanted: Iterable[tuple[Any, ...]]
) -> Iterator[Any]:
    """Return the rows of an `at_keys` selection."""
    for part in chunks(wanted):
        if connection.dialect.name == "sqlite":
            yield from connection.execute(statement, {"keys": part})
        else:
            yield from connection.execute(statement, {f"key_{k}": [row[i] for row in part] for i, k in enumerate(keys)})


def write(connection: Connection, statement: Any, rows: Rows) -> CursorResult[*tuple[Any, ...]]:
    """Run a statement of this module for all rows at once; they have the same keys."""
    if connection.dialect.name == "sqlite":
        return connection.execute(statement, rows)
    return connection.execute(statement, {name: [row[name] for row in rows] for name in rows[0]})


@cache
def insert_all(dialect: str, model: type[SQLModel], *columns: str) -> Insert:
    """Return an insert of these columns, or of all but a number that counts itself."""
    there = table(model)
    names = columns or tuple(c.name for c in there.c if c is not there.autoincrement_column)
    make: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement: Insert = make(there)
    if dialect == "postgresql":
        return statement.from_select(names, select(_unnested(there, {name: name for name in names})))
    return statement


@cache
def insert_missing(dialect: str, model: type[SQLModel], *keys: str, columns: tuple[str, ...] = ()) -> Insert:
    """Return an insert that leaves rows that are there already as they are."""
    statement: Any = insert_all(dialect, model, *columns)
    made: Insert = statement.on_conflict_do_nothing(index_elements=list(keys))
    return made


def upsert(
    dialect: str,
    model: type[SQLModel],
    keys: Sequence[str],
    changed: Callable[[Any], Mapping[str, Any]],
    where: Callable[[Any], Any] | None = None,
) -> Insert:
    """Return an insert that changes rows that are there; `changed` and `where` are given the new row."""
    statement: Any = insert_all(dialect, model)
    new = statement.excluded
    made: Insert = statement.on_conflict_do_update(
        index_elements=list(keys), set_=dict(changed(new)), where=where(new) if where else None
    )
    return made


@cache
def update_all(dialect: str, model: type[SQLModel], key: str, *columns: str) -> Update:
    """Return an update of these columns in the rows whose key is `of`; the new values are named `new_<column>`."""
    there = table(model)
    if dialect == "postgresql":
        new = _unnested(there, {"of": key, **{f"new_{name}": name for name in columns}})
        changed = {name: new.c[f"new_{name}"] for name in columns}
        return updating(there).where(there.c[key] == new.c.of).values(changed)
    changed = {name: bindparam(f"new_{name}") for name in columns}
    return updating(there).where(there.c[key] == bindparam("of")).values(changed)


def _unnested(there: Table, columns: Mapping[str, str]) -> Any:
    """Return arrays as a table, each named by a parameter and of the type of a column."""
    arrays = [bindparam(given, type_=ARRAY(there.c[name].type, dimensions=1)) for given, name in columns.items()]
    return func.unnest(*arrays).table_valued(*columns, name="new").render_derived()
