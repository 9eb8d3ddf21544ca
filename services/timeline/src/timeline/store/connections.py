"""Connections to PostgreSQL that cannot hang: one whose statement is not answered in time is ended by us.

The driver's own time limit does not do: it asks the server to cancel, over a further connection, and waits for that.
"""

import asyncio
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import URL, Connection, event, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from timeline.store.away import unusable
from timeline.store.dialling import dial
from timeline.store.limits import LATER_SECONDS, Limits

CLOSE_SECONDS = 2.0
_PATIENT = "patient"
_NO_LIMITS = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")


def take_time(connection: Connection) -> None:
    """Let the rest of a transaction take as long as it takes: a migration, or a rebuild's last steps."""
    if connection.dialect.name != "postgresql":
        return
    connection.info[_PATIENT] = True
    for limit in _NO_LIMITS:
        connection.execute(text(f"SET LOCAL {limit} = 0"))


class Connections:
    """The connections of one purpose, each statement of which is answered in time or ends its connection."""

    def __init__(self, where: URL, limits: Limits, statement_seconds: float) -> None:
        self._where, self._limits = where, limits
        self._seconds = statement_seconds + LATER_SECONDS
        self._session = limits.session(statement_seconds)
        self._ends: WeakKeyDictionary[Any, asyncio.TimerHandle | None] = WeakKeyDictionary()

    async def open(self) -> Any:
        """Return a new connection of the driver's; raises Unavailable."""
        return await dial(self._where, self._limits.connect_seconds, self._session)

    async def _watched(self) -> Any:
        connection = await self.open()
        self._arm(connection)  # the first questions are the engine's own
        return connection

    def pool(self, size: int) -> AsyncEngine:
        """Return an engine with at most so many connections."""
        engine = create_async_engine(
            self._where,
            async_creator=self._watched,
            pool_size=size,
            max_overflow=0,
            pool_timeout=self._limits.wait_seconds,
            hide_parameters=True,
        )
        for name in ("checkout", "checkin", "before_cursor_execute", "commit", "handle_error"):
            event.listen(engine.sync_engine, name, getattr(self, f"_{name}"))
        return engine

    async def close(self, engine: AsyncEngine) -> None:
        """Take leave of the server if it answers, and close all connections."""
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await engine.dispose()
        except TimeoutError:
            pass  # it will find out
        for connection in list(self._ends):
            self._disarm(connection)
            connection.terminate()

    def _arm(self, connection: Any) -> None:
        self._disarm(connection)
        self._ends[connection] = asyncio.get_running_loop().call_later(self._seconds, connection.terminate)

    def _disarm(self, connection: Any) -> None:
        if timer := self._ends.get(connection):
            timer.cancel()
        self._ends[connection] = None

    def _checkout(self, adapted: Any, _record: Any, _proxy: Any) -> None:
        # costs nothing, as a question to the server would: what the other side closes, the driver is told at once
        if adapted.driver_connection.is_closed():
            raise DisconnectionError
        self._arm(adapted.driver_connection)

    def _checkin(self, adapted: Any, record: Any) -> None:
        record.info.pop(_PATIENT, None)
        if adapted is not None:
            self._disarm(adapted.driver_connection)

    def _before_cursor_execute(self, connection: Connection, *_: Any) -> None:
        self._commit(connection)

    def _commit(self, connection: Connection) -> None:
        move = self._disarm if _PATIENT in connection.info else self._arm
        move(connection.connection.driver_connection)

    def _handle_error(self, context: ExceptionContext) -> None:
        context.is_disconnect = context.is_disconnect or unusable(context.original_exception)
