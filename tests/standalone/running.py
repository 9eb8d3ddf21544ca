"""Peyvand as its users start it: the peyvand command as a process in a folder of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from parts.loopback import free_port, wait_until
from parts.process import Process

# A machine that runs other tests beside may be slow to start a process.
STARTING_SECONDS = 60
COMMAND = Path(sys.executable).with_name("peyvand")
# A rebuild reads everything, on a machine that runs other tests beside.
COMMAND_SECONDS = 300


@dataclass(slots=True)
class Peyvand:
    """One installation: its folder with peyvand.yaml and var/, its port, and the process while there is one."""

    folder: Path
    port: int = field(default_factory=free_port)
    environment: Mapping[str, str] = field(default_factory=dict)
    process: Process | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return (self.folder / "peyvand.log").read_text(errors="replace")

    def start(self, *arguments: str) -> "Peyvand":
        """Start it and return once it is ready."""
        self.launch(*arguments)
        wait_until(self._is_ready, "Peyvand getting ready", STARTING_SECONDS)
        return self

    def start_with_largest_file(self, kilobytes: int) -> "Peyvand":
        """Start it so that none of its files may grow beyond a size: writing then fails as on a full disk."""
        limited = f"trap '' XFSZ; ulimit -f {kilobytes}; exec \"$@\""
        self.launch(before=("bash", "-c", limited, "bash"))
        wait_until(self._is_ready, "Peyvand getting ready", STARTING_SECONDS)
        return self

    def launch(self, *arguments: str, before: Sequence[str] = ()) -> Process:
        """Start it and return at once."""
        command: list[str | Path] = [*before, COMMAND, "up", "--port", str(self.port), *arguments]
        environment = {**os.environ, **self.environment}
        self.process = Process(command, log=self.folder / "peyvand.log", environment=environment)
        return self.process

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run another command in the folder."""
        environment = {**os.environ, **self.environment}
        return subprocess.run(
            [COMMAND, *arguments],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )

    def stop(self) -> float:
        """Ask it to stop and return how many seconds that took."""
        assert self.process is not None
        began = time.monotonic()
        self.process.stop(signal.SIGTERM, seconds=30)
        return time.monotonic() - began

    def kill(self) -> None:
        """End it as a power failure does."""
        if self.process is not None:
            self.process.kill()

    def processor_seconds(self) -> float:
        """Return how long processors have worked for it, however busy they are with others."""
        assert self.process is not None
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def get(self, path: str, **parameters: Any) -> Any:
        answer = httpx.get(self.url + path, params=parameters, timeout=10, trust_env=False)
        if answer.is_error:  # a problem says why
            raise httpx.HTTPStatusError(f"{answer}: {answer.text}", request=answer.request, response=answer)
        return answer.json()

    def customers(self, query: str | None = None) -> list[dict[str, Any]]:
        found = self.get("/v1/customers", **({"q": query} if query else {}))
        return [hit["customer"] for hit in found["customers"]]

    def timeline(self, customer: str) -> list[dict[str, Any]]:
        """Return a customer's whole timeline, page after page."""
        entries: list[dict[str, Any]] = []
        more: dict[str, str] = {}
        while True:
            page = self.get(f"/v1/customers/{customer}/timeline", limit=100, **more)
            entries += page["entries"]
            if page["older"] is None:
                return entries
            more = {"cursor": page["older"]}

    def metrics(self) -> str:
        """Return what Prometheus would read."""
        return httpx.get(f"{self.url}/metrics", timeout=10, trust_env=False).text

    def stored(self) -> bytes:
        """Return everything that it keeps."""
        return b"".join((self.folder / "var" / name).read_bytes() for name in ("peyvand.db", "peyvand.db-wal"))

    def _is_ready(self) -> bool:
        assert self.process is not None
        if not self.process.runs:
            raise AssertionError(f"Peyvand ended at once:\n{self.log[-4000:]}")
        try:
            return httpx.get(f"{self.url}/health/ready", timeout=2, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False


@contextmanager
def installed(folder: Path, configuration: str | None = None, **environment: str) -> Iterator[Peyvand]:
    """Give an installation, with a peyvand.yaml when there is a configuration, and end its process afterwards."""
    if configuration is not None:
        (folder / "peyvand.yaml").write_text(configuration, encoding="utf-8")
    product = Peyvand(folder, environment=environment)
    try:
        yield product
    finally:
        product.kill()


def eventually(holds: Callable[[], bool], what: str, seconds: float = 20) -> None:
    """Return once it holds."""
    wait_until(holds, what, seconds)
