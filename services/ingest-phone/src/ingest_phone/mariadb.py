"""MariaDB and MySQL, read in a thread: https://pymysql.readthedocs.io/en/latest/"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pymysql
from pymysql.constants import CR, ER
from pymysql.cursors import DictCursor

from ingest_phone.sign_in import SignIn
from peyvand.errors import SignInFailed, Unavailable

_CONNECT_SECONDS, _READ_SECONDS = 10, 120


@dataclass(frozen=True, slots=True)
class MariaDb:
    """One connection."""

    connection: Any
    sign_in: SignIn

    async def columns(self, table: str) -> Sequence[str]:
        """Return the names of a table's columns."""
        return (await asyncio.to_thread(self._asked, f"SELECT * FROM {table} WHERE 1 = 0", ()))[0]  # noqa: S608 - a name of the settings

    async def rows(self, statement: str, *values: Any) -> Sequence[Mapping[str, Any]]:
        """Return what a statement finds."""
        return (await asyncio.to_thread(self._asked, statement.replace("?", "%s"), values))[1]

    def _asked(self, statement: str, values: Sequence[Any]) -> tuple[list[str], Sequence[Mapping[str, Any]]]:
        try:
            with self.connection.cursor(DictCursor) as cursor:
                cursor.execute(statement, values or None)
                return [column[0] for column in cursor.description], cursor.fetchall()
        except (pymysql.MySQLError, OSError) as error:
            raise in_words(error, self.sign_in) from error


@asynccontextmanager
async def opened(sign_in: SignIn) -> AsyncIterator[MariaDb]:
    """Give a connection that can change nothing; raises Unavailable, SignInFailed."""
    connection = await asyncio.to_thread(_connected, sign_in)
    try:
        yield MariaDb(connection, sign_in)
    finally:
        await asyncio.to_thread(connection.close)


def in_words(error: Exception, sign_in: SignIn) -> Unavailable | SignInFailed:
    """Return what an error means, and what to do."""
    code = error.args[0] if error.args else 0
    match code:
        case ER.ACCESS_DENIED_ERROR:
            return sign_in.refused()
        case ER.DBACCESS_DENIED_ERROR | ER.TABLEACCESS_DENIED_ERROR | ER.COLUMNACCESS_DENIED_ERROR:
            return sign_in.not_granted()
        case ER.BAD_DB_ERROR:
            return sign_in.no_database()
        case ER.NO_SUCH_TABLE:
            return sign_in.no_table()
        case CR.CR_CONN_HOST_ERROR | CR.CR_SERVER_LOST | CR.CR_SERVER_GONE_ERROR:
            return sign_in.unreached("the connection failed or was cut")
        case _:
            return sign_in.failed(f"{type(error).__name__} {code}")


def _connected(sign_in: SignIn) -> Any:
    try:
        return pymysql.connect(
            host=sign_in.host,
            port=sign_in.port,
            user=sign_in.user,
            password=sign_in.password,
            database=sign_in.name,
            charset="utf8mb4",
            autocommit=True,
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_READ_SECONDS,
            sql_mode="ANSI_QUOTES",  # names are quoted as in the standard
            init_command="SET SESSION TRANSACTION READ ONLY",
        )
    except (pymysql.MySQLError, OSError) as error:
        raise in_words(error, sign_in) from error
