"""A database of somebody else's that is only read: where it lies, and what is asked of a connection to it."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

from ingest_phone import mariadb, postgresql
from ingest_phone.sign_in import SignIn


class Connection(Protocol):
    """An open connection; every method raises Unavailable, and SignInFailed where a right is missing."""

    async def columns(self, table: str) -> Sequence[str]:
        """Return the names of a table's columns."""
        ...

    async def rows(self, statement: str, *values: Any) -> Sequence[Mapping[str, Any]]:
        """Return what a statement finds; each `?` in it stands for one value, names are quoted as in the standard."""
        ...


Open = Callable[[SignIn], AbstractAsyncContextManager[Connection]]


@dataclass(frozen=True, slots=True)
class _Kind:
    port: int
    open: Open


_KINDS = {
    "mysql": _Kind(3306, mariadb.opened),
    "mariadb": _Kind(3306, mariadb.opened),
    "postgresql": _Kind(5432, postgresql.opened),
}


@dataclass(frozen=True, slots=True)
class Database:
    """One database and who reads it."""

    kind: str
    sign_in: SignIn = field(repr=False)

    def __str__(self) -> str:
        """Return its address, without who reads it."""
        return f"{self.kind}://{self.sign_in.at}/{self.sign_in.name}"

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Connection]:
        """Give a read-only connection; raises Unavailable, SignInFailed."""
        async with _KINDS[self.kind].open(self.sign_in) as connection:
            yield connection


def database(url: str, user: str, password: str) -> Database:
    """Return the database of `mysql://host:port/name` or `postgresql://…`; raises ValueError in words."""
    parts = urlsplit(url)
    name = parts.path.strip("/")
    if parts.scheme not in _KINDS or not parts.hostname or not name or "/" in name:
        raise ValueError("must be like mysql://127.0.0.1:3306/asteriskcdrdb or postgresql://127.0.0.1/asterisk")
    if parts.username is not None or parts.query:
        raise ValueError("names the host, the port and the database; `user` and `password` stand by themselves")
    port = parts.port or _KINDS[parts.scheme].port
    return Database(parts.scheme, SignIn(parts.hostname, port, name, user, password))
