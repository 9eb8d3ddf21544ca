"""Telling a database that is away, busy or full, which is waited out, from a statement that is wrong."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_dbapi
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from peyvand.errors import Rejected, Unavailable

SQLITE_AWAY = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY,
}
# The beginnings of PostgreSQL's states, the longer before the shorter, in the words that an operator reads.
POSTGRES_AWAY = {
    "08": "the connection was lost",
    "25P03": "we stood still in a transaction for too long",
    "25006": "it is read-only, as a standby is",
    "26": "it does not know our prepared statement; a pooler stands between",
    "28": "it does not accept our name or password",
    "3D": "there is no such database",
    "40P01": "two transactions waited for each other",
    "40": "the transaction cannot be put in order with others",
    "42501": "it does not permit this",
    "53300": "it has too many connections",
    "53": "it is out of disk, memory or connections",
    "55P03": "a lock was not free in time",
    "57014": "a statement took too long",
    "57P03": "it is starting or stopping",
    "57": "it was stopped",
    "58": "its system failed",
}
_READ_ONLY = "25006"
# A value out of its range or form, and one that breaks a constraint.
_REFUSED = ("22", "23")
_FORM = "a value of the wrong form"
_STALE = "its tables were changed meanwhile"
# Raised where a statement prepared before a migration by another process is used after it; a second try prepares anew.
_Stale = AsyncAdapt_asyncpg_dbapi.InvalidCachedStatementError


@contextmanager
def translated() -> Iterator[None]:
    """Turn what a driver raises into Unavailable when the database is away, busy or full.

    A value that the database never takes is Rejected, without the driver's words: they repeat the value.
    """
    try:
        yield
    except Exception as error:
        if why := away(error):
            raise Unavailable(f"the database does not take this now: {why}") from error
        if refused := _refused(error):
            raise Rejected(f"the database never takes this: {refused}") from None
        raise


def away(error: BaseException) -> str | None:
    """Return in words why the database, not the statement, is at fault; None when it is not."""
    if isinstance(error, PoolTimeout):
        return "all our connections to it are in use"
    if isinstance(error, TimeoutError):
        return "it did not answer in time"
    if isinstance(error, OSError):
        return "it cannot be reached"
    if not isinstance(error, DBAPIError):
        return _said(error)
    lost = error.connection_invalidated or (error.orig is not None and unusable(error.orig))
    return _said(error.orig) or (POSTGRES_AWAY["08"] if lost else None)


def unusable(error: BaseException) -> bool:
    """Return whether the driver has lost track of a connection, or a standby stands behind it."""
    cause = error.__cause__ or error
    if isinstance(cause, asyncpg.InterfaceError | asyncpg.InternalClientError):
        return not isinstance(cause, ValueError)  # such are values that it cannot encode
    # after a change of servers the old one may live on; only a new connection finds the new one
    return getattr(cause, "sqlstate", None) == _READ_ONLY


def _refused(error: Exception) -> str | None:
    """Return what is wrong with a value, without the value."""
    if isinstance(error, UnicodeEncodeError):  # half of a pair: SQLite's driver, and our own reading, let it through
        return _FORM
    if not isinstance(error, DBAPIError) or error.orig is None:
        return None
    cause = error.orig.__cause__
    state = str(getattr(cause, "sqlstate", None) or "")
    if state.startswith(_REFUSED):
        return f"{type(cause).__name__} of {getattr(cause, 'table_name', None) or 'a value'}"
    # what the driver cannot encode does not reach the server
    return _FORM if isinstance(cause, ValueError) else None


def _said(error: BaseException | None) -> str | None:
    """Return what a driver's own error says of the database."""
    if isinstance(error, sqlite3.Error):
        # the low byte is the primary code, whatever the extended one adds
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        return str(error) if code in SQLITE_AWAY else None
    if isinstance(error, _Stale):
        return _STALE
    state = str(getattr(error, "sqlstate", None) or "")
    return next((words for begin, words in POSTGRES_AWAY.items() if state.startswith(begin)), None)
