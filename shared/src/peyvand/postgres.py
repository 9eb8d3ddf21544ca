"""A few connections to PostgreSQL for a service that is no timeline: what is away is said in words."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

import asyncpg

from peyvand.errors import Rejected, Unavailable

# Many processes must find room, and a visit is short: a process with a hundred connectors does not need more.
CONNECTIONS = 4
SECONDS = 5.0
TLS = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
SCHEMES = ("postgresql", "postgres", "postgresql+asyncpg")

# By the beginning of what PostgreSQL calls SQLSTATE: it is the database, not the statement, that is at fault.
AWAY = {
    "08": "the connection to the database was lost",
    "25006": "the database takes no writes: it is a standby, or was made read-only",
    "28": "the database refuses this service's name or password",
    "3D": "the database named in the address does not exist",
    "40": "the database was too busy with others",
    "42501": "the database does not give this service the rights that it needs",
    "42703": "the timeline has not migrated this database to this version yet",
    "42P01": "the timeline has not prepared this database yet",
    "53": "the database has no room: its connections, its memory or its disk are used up",
    "55P03": "the database was too busy with others",
    "57": "the database is starting or stopping, or took too long",
    "58": "the database has trouble with its files",
}


class Postgres:
    """One database, which may be away when a service starts, and whenever it likes."""

    def __init__(self, url: str, application: str = "peyvand", seconds: float = SECONDS) -> None:
        self._address = _address(url)
        self._application = application
        self._seconds = seconds
        self._pool: asyncpg.Pool | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep connections while the body runs; none is made before it is needed."""
        milliseconds = str(int(self._seconds * 1000))
        pool = self._pool = await asyncpg.create_pool(
            self._address,
            min_size=0,
            max_size=CONNECTIONS,
            timeout=self._seconds,
            command_timeout=self._seconds,
            server_settings={"application_name": self._application, "statement_timeout": milliseconds},
        )
        try:
            yield
        finally:
            self._pool = None
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):  # then they are dropped
                await asyncio.wait_for(pool.close(), self._seconds)

    async def value(self, statement: str, *arguments: object) -> Any:
        """Return the first value of a statement, which is a transaction of its own; raises Unavailable."""
        if self._pool is None:
            raise Unavailable("the connections to the database are closed")
        with _translated():
            async with self._pool.acquire(timeout=self._seconds) as connection:
                return await connection.fetchval(statement, *arguments)

    async def rows(self, statement: str, *arguments: object) -> list[Mapping[str, Any]]:
        """Return the rows of a statement, which is a transaction of its own; raises Unavailable."""
        if self._pool is None:
            raise Unavailable("the connections to the database are closed")
        with _translated():
            async with self._pool.acquire(timeout=self._seconds) as connection:
                return list(await connection.fetch(statement, *arguments))


def _address(url: str) -> str:
    """Return the driver's form of an SQLAlchemy URL, so that one DATABASE_URL serves all; raises Rejected."""
    parts = _parts(url)
    if parts.scheme not in SCHEMES:
        raise Rejected(f"expected PostgreSQL (postgresql://…), not {parts.scheme or 'nothing'}")
    query = [("sslmode" if key == "ssl" else key, value) for key, value in parse_qsl(parts.query)]
    if not {value.replace("_", "-") for key, value in query if key == "sslmode"} <= {*TLS}:
        raise Rejected(f"the database's address: sslmode is one of {', '.join(TLS)}")
    return parts._replace(scheme="postgresql", query=urlencode(query)).geturl()


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        [urlsplit(f"//{host}").port for host in parts.netloc.rpartition("@")[2].split(",")]
    except ValueError:  # it says what it met, which may be a part of the password
        raise Rejected(
            "the database's address cannot be read: a port is no number, or the password must be %-encoded"
        ) from None
    return parts


@contextmanager
def _translated() -> Iterator[None]:
    """Turn what the driver raises when the database is away into Unavailable, in words."""
    try:
        yield
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
        why = _why(error)
        if why is None:
            raise
        raise Unavailable(why) from error


def _why(error: Exception) -> str | None:
    match error:
        case TimeoutError():
            return "the database does not answer in time"
        case OSError():
            return "the database cannot be reached"
        case asyncpg.PostgresError():
            state = error.sqlstate or ""
            return next((why for beginning, why in AWAY.items() if state.startswith(beginning)), None)
        case ValueError():  # the address or an argument is wrong: a mistake, and no outage
            return None
        case _:  # of the driver's own: the connection was closed under it
            return AWAY["08"]
