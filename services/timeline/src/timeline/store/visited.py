"""A walk past all handles in the order of their ids, in which some are taken ahead with those that they belong to."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, select, union

AT_A_TIME = 500


class Visited:
    """Which handles have been seen to: those up to a place, and beyond it those that were taken ahead.

    Only the latter are held, as numbers: of components of two or three handles that is a quarter of all at most.
    """

    def __init__(self, at_a_time: int = AT_A_TIME) -> None:
        self.count = 0
        self._at_a_time = at_a_time
        self._place = UUID(int=0)
        self._ahead: set[int] = set()
        self._passed: list[UUID] = []

    def __contains__(self, handle: UUID) -> bool:
        return handle <= self._place or handle.int in self._ahead

    def coming(self, connection: Connection, *columns: ColumnElement[UUID]) -> list[UUID] | None:
        """Return the handles that come next in one of the columns, without those taken ahead; None at the end."""
        every = union(*(self._next(column) for column in columns)) if len(columns) > 1 else self._next(columns[0])
        self._passed = sorted(connection.execute(every).scalars())[: self._at_a_time]
        return [i for i in self._passed if i not in self] if self._passed else None

    def add(self, handles: Iterable[UUID]) -> None:
        """Go past those that were coming, having seen to these."""
        self._place = self._passed[-1]
        seen = set(handles)
        self._ahead.update(i.int for i in seen if i > self._place)
        self._ahead.difference_update(i.int for i in self._passed)
        self.count += len(seen)

    def _next(self, column: ColumnElement[UUID]) -> Select[Any]:
        few = select(column.label("id")).distinct().where(column > self._place).order_by("id").limit(self._at_a_time)
        return select(few.subquery())
