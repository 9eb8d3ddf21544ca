"""A PostgreSQL server of the tests: a data folder, and a process that is started, stopped, paused and killed."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from parts.loopback import HOST, free_port
from parts.postgres_binaries import find_binaries
from parts.process import Account, Process, is_root

OWNER = "peyvand"


class Server:
    """One server on one port and one data folder, as often as it is started; started by the thread that outlives it."""

    def __init__(self, folder: Path, owner: Account, settings: Sequence[str]) -> None:
        os.chown(folder, owner.uid, owner.gid)
        self.port = free_port()
        self._folder, self._owner = folder, owner
        self._binaries = _reachable(find_binaries(), folder, owner)
        self._settings = [f"listen_addresses={HOST}", f"port={self.port}", f"unix_socket_directories={folder}"]
        self._settings += settings
        self._process: Process | None = None
        self._prepare()

    @property
    def url(self) -> str:
        return f"postgresql://{OWNER}@{HOST}:{self.port}/postgres"

    def _prepare(self) -> None:
        form = ["--encoding=UTF8", "--locale=C.UTF-8", "--auth=trust", f"--username={OWNER}", "--no-sync"]
        log = self._folder / "initdb.log"
        if _run([self._binaries / "initdb", *form, "-D", self._folder / "tables"], self._owner, log):
            raise RuntimeError(log.read_text())

    @property
    def pid(self) -> int:
        return self._running.pid

    def start(self) -> None:
        """Start it; it listens when this returns, and may still refuse connections for a moment."""
        options = [word for setting in self._settings for word in ("-c", setting)]
        command: list[str | Path] = [self._binaries / "postgres", "-D", self._folder / "tables", *options]
        self._process = Process(command, log=self._folder / "server.log", runs_as=self._owner)
        self._process.wait_for(self.port)

    def stop(self) -> None:
        """Shut it down without waiting for its clients."""
        if self._process is not None and self._process.runs:
            self._process.stop(signal.SIGINT)

    def drain(self) -> None:
        """Have it take no new clients, and stop once those that it has are gone."""
        os.kill(self._running.pid, signal.SIGTERM)

    def kill(self) -> None:
        """End it and all its processes with SIGKILL."""
        self._running.kill()

    def pause(self) -> None:
        """Stop all its processes where they stand: it accepts connections, as the kernel does, and answers nothing."""
        self._send(signal.SIGSTOP)

    def resume(self) -> None:
        """Let all its processes go on."""
        self._send(signal.SIGCONT)

    def _send(self, to_all: signal.Signals) -> None:
        os.kill(self._running.pid, to_all)  # the first of them first, or it would start others meanwhile
        for pid in self._running.children():
            with suppress(ProcessLookupError):  # it may have ended since it was listed
                os.kill(pid, to_all)

    def end(self) -> None:
        """Stop it in whatever state it is."""
        if self._process is not None and self._process.runs:
            self.resume()
            self.stop()

    @property
    def _running(self) -> Process:
        if self._process is None or not self._process.runs:
            raise RuntimeError("this PostgreSQL does not run")
        return self._process


def _reachable(binaries: Path, folder: Path, owner: Account) -> Path:
    """Return the binaries where the owner may run them: a project below /root is closed to everybody else."""
    if not is_root() or _run([binaries / "initdb", "--version"], owner) == 0:
        return binaries
    shutil.copytree(binaries.parent, folder / "pginstall", symlinks=True)
    return folder / "pginstall" / "bin"


def _run(command: Sequence[str | Path], owner: Account, log: Path = Path(os.devnull)) -> int:
    drop: Callable[[], None] | None = (lambda: _become(owner)) if is_root() else None
    with log.open("ab") as output:
        ended = subprocess.run(command, stdout=output, stderr=output, cwd="/", preexec_fn=drop, check=False)
    return ended.returncode


def _become(owner: Account) -> None:
    os.setgroups([])
    os.setgid(owner.gid)
    os.setuid(owner.uid)
