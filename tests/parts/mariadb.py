"""A real MariaDB: Debian's binaries on a free port, with an empty data folder of its own."""

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pymysql

from parts.loopback import HOST, free_port
from parts.missing import Missing
from parts.process import Process, account, is_root

SBIN = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))
# A test's server may forget everything when the power fails; it only has to be small and quick.
SMALL = (
    "--innodb-buffer-pool-size=16M",
    "--innodb-log-file-size=8M",
    "--innodb-flush-log-at-trx-commit=0",
    "--key-buffer-size=1M",
    "--performance-schema=OFF",
    "--skip-name-resolve",
    "--character-set-server=utf8mb4",
)


class MariaDb:
    """One server, which may be stopped and started again on the same port and data."""

    host = HOST

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._folder = folder
        self._owner = account("mysql")
        self._process: Process | None = None
        os.chown(folder, self._owner.uid, self._owner.gid)
        _prepare(folder, self._owner.name)

    def start(self) -> None:
        """Start it; it takes connections when this returns."""
        command = [
            _program("mariadbd"),
            "--no-defaults",
            f"--datadir={self._folder / 'tables'}",
            f"--bind-address={HOST}",
            f"--port={self.port}",
            f"--socket={self._socket}",
            f"--pid-file={self._folder / 'server.pid'}",
            *SMALL,
        ]
        self._process = Process(command, log=self._folder / "server.log", runs_as=self._owner)
        self._process.wait_for(self.port)

    def stop(self) -> None:
        """End it at once."""
        if self._process is not None and self._process.runs:
            self._process.kill()

    def create(self) -> str:
        """Create an empty database and return its name."""
        name = f"peyvand_test_{uuid.uuid4().hex[:12]}"
        self.do(f"CREATE DATABASE {name}")
        return name

    def do(self, statement: str, *values: Any) -> None:
        """Execute a statement as the server's own administrator."""
        with pymysql.connect(unix_socket=self._socket, user="root", charset="utf8mb4", autocommit=True) as connection:
            connection.cursor().execute(statement, values or None)

    @property
    def _socket(self) -> str:
        return str(self._folder / "server.sock")


def describe() -> str:
    """Return which MariaDB the tests use, or why there is none."""
    try:
        told = subprocess.run([_program("mariadbd"), "--version"], capture_output=True, text=True, check=True)
    except Missing as missing:
        return f"not run: {missing}"
    return told.stdout.strip().partition("  ")[2]


@contextmanager
def own_mariadb() -> Iterator[MariaDb]:
    """Yield a running server. Raises Missing when none can be had."""
    _program("mariadbd")
    with tempfile.TemporaryDirectory(prefix="peyvand-mariadb-", ignore_cleanup_errors=True) as name:
        server = MariaDb(Path(name))
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _prepare(folder: Path, owner: str) -> None:
    user = [f"--user={owner}"] if is_root() else []
    made = subprocess.run(
        [
            _program("mariadb-install-db"),
            "--no-defaults",
            f"--datadir={folder / 'tables'}",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            *user,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise RuntimeError(made.stdout + made.stderr)


def _program(name: str) -> str:
    found = shutil.which(name, path=SBIN)
    if found is None:
        raise Missing("no MariaDB: on Debian and Ubuntu, apt install mariadb-server")
    return found
