"""PostgreSQL: https://magicstack.github.io/asyncpg/current/"""

import itertools
import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg

from ingest_phone.sign_in import SignIn
from peyvand.errors import SignInFailed, Unavailable

_CONNECT_SECONDS, _READ_SECONDS = 10, 120


@dataclass(frozen=True, slots=True)
class PostgreSql:
    """One connection."""

    connection: Any
    sign_in: SignIn

    async def columns(self, table: str) -> Sequence[str]:
        """Return the names of a table's columns."""
        with _in_words(self.sign_in):
            prepared = await self.connection.prepare(f"SELECT * FROM {table} WHERE 1 = 0")  # noqa: S608 - a name of the settings
            await prepared.fetch()  # what may not be read is said only now
            return [attribute.name for attribute in prepared.get_attributes()]

    async def rows(self, statement: str, *values: Any) -> Sequence[Mapping[str, Any]]:
        """Return what a statement finds."""
        numbers = itertools.count(1)
        numbered = re.sub(r"\?", lambda _: f"${next(numbers)}", statement)
        with _in_words(self.sign_in):
            found: Sequence[Mapping[str, Any]] = await self.connection.fetch(numbered, *values)
            return found


@asynccontextmanager
async def opened(sign_in: SignIn) -> AsyncIterator[PostgreSql]:
    """Give a connection that can change nothing; raises Unavailable, SignInFailed."""
    with _in_words(sign_in):
        connection = await asyncpg.connect(
            host=sign_in.host,
            port=sign_in.port,
            user=sign_in.user,
            password=sign_in.password,
            database=sign_in.name,
            timeout=_CONNECT_SECONDS,
            command_timeout=_READ_SECONDS,
            server_settings={"default_transaction_read_only": "on"},
        )
    try:
        yield PostgreSql(connection, sign_in)
    finally:
        connection.terminate()  # nothing is open in it that could be lost


def in_words(error: Exception, sign_in: SignIn) -> Unavailable | SignInFailed:
    """Return what an error means, and what to do."""
    match error:
        case asyncpg.InvalidAuthorizationSpecificationError():
            return sign_in.refused()
        case asyncpg.InsufficientPrivilegeError():
            return sign_in.not_granted()
        case asyncpg.InvalidCatalogNameError():
            return sign_in.no_database()
        case asyncpg.UndefinedTableError():
            return sign_in.no_table()
        case (
            OSError()
            | asyncpg.PostgresConnectionError()
            | asyncpg.InterfaceError()
            | asyncpg.OperatorInterventionError()
        ):
            return sign_in.unreached("the connection failed or was cut")
        case _:
            return sign_in.failed(f"{type(error).__name__} {getattr(error, 'sqlstate', None) or ''}".strip())


@contextmanager
def _in_words(sign_in: SignIn) -> Iterator[None]:
    try:
        yield
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise in_words(error, sign_in) from error
