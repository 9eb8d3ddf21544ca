"""Statements that both databases understand, in the shapes that are fast on both."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import BindParameter, Insert, Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

T = TypeVar("T")
# Below SQLite's and asyncpg's limits of parameters, and long enough that a round trip does not matter.
CHUNK = 500


def table(model: type[SQLModel]) -> Table:
    """Return a model's table."""
    found: Table = vars(model)["__table__"]
    return found


def chunks(values: Collection[T] | Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Return the values in lists of at most `size`."""
    iterator = iter(values)
    while part := list(islice(iterator, size)):
        yield part


# Statements of the hot path are made once: making one costs several times what running it does.
IDS: BindParameter[Any] = bindparam("ids", expanding=True)


@cache
def insert_missing(dialect: str, model: type[SQLModel], *keys: str) -> Insert:
    """Return an insert that leaves rows that are there already as they are."""
    make: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement: Insert = make(table(model)).on_conflict_do_nothing(index_elements=list(keys))
    return statement


def upsert(
    dialect: str,
    model: type[SQLModel],
    keys: Sequence[str],
    changed: Callable[[Any], Mapping[str, Any]],
    where: Callable[[Any], Any] | None = None,
) -> Insert:
    """Return an insert that changes rows that are there; `changed` and `where` are given the new row."""
    make: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = make(table(model))
    new = statement.excluded
    made: Insert = statement.on_conflict_do_update(
        index_elements=list(keys), set_=dict(changed(new)), where=where(new) if where else None
    )
    return made
