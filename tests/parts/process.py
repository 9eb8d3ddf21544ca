"""A server that a test starts: it logs to a file, is stopped by its own pid and never outlives the tests."""

import ctypes
import os
import pwd
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from parts.loopback import listens, wait_until

PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Account:
    """The system's user that a server runs as."""

    name: str
    uid: int
    gid: int


def is_root() -> bool:
    return os.geteuid() == 0


def account(*names: str) -> Account:
    """Return who we are or, for root, the first of these unprivileged users that exists."""
    if not is_root():
        return _as_account(pwd.getpwuid(os.geteuid()))
    known = {user.pw_name: user for user in pwd.getpwall()}
    return _as_account(next(known[name] for name in (*names, "nobody") if name in known))


class Process:
    """One running program."""

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        log: Path,
        runs_as: Account | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.log = log
        owner = {"user": runs_as.uid, "group": runs_as.gid, "extra_groups": []} if runs_as and is_root() else {}
        with log.open("ab") as output:
            self._process = subprocess.Popen(  # type: ignore[call-overload] # mypy cannot see through the mapping
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=log.parent,
                env=environment,
                preexec_fn=_die_with_the_tests,
                **owner,
            )
        self.pid: int = self._process.pid

    @property
    def runs(self) -> bool:
        return self._process.poll() is None

    def children(self) -> list[int]:
        listed = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        return [int(pid) for pid in listed.read_text().split()] if listed.exists() else []

    def wait_for(self, port: int) -> None:
        """Return once something listens on the port. Raises RuntimeError with the log when the process ended first."""
        wait_until(lambda: not self.runs or listens(port), f"{self._process.args[0]} listening on {port}")
        if not self.runs:
            raise RuntimeError(
                f"{self._process.args[0]} ended at once:\n{self.log.read_text(errors='replace')[-2000:]}"
            )

    def stop(self, with_signal: signal.Signals = signal.SIGTERM, seconds: float = 10) -> None:
        if self.runs:
            self._process.send_signal(with_signal)
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it and its children at once; when this returns, their ports and sockets are free."""
        self._process.send_signal(signal.SIGSTOP)  # or it would start new children meanwhile
        children = self.children()
        for pid in children:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()
        wait_until(lambda: not any(_lives(pid) for pid in children), "the end of all its children")


def _lives(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    return False


def _die_with_the_tests() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _as_account(user: pwd.struct_passwd) -> Account:
    return Account(user.pw_name, user.pw_uid, user.pw_gid)
