"""Copies of one service, each a process on a port of its own, started as docs/operating.md says."""

import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from distributed.documented import service_command
from parts.loopback import free_port, wait_until
from parts.process import Process

CONNECTORS = ("ingest-email", "ingest-social", "ingest-phone")
SERVICES = (*CONNECTORS, "timeline")
# A machine that runs other tests beside may be slow to start a process.
STARTING_SECONDS = 60
STOPPING_SECONDS = 40


@dataclass(slots=True)
class Copy:
    """One process of a service; it keeps its port, its environment and its log through all its starts."""

    service: str
    number: int
    folder: Path
    environment: Mapping[str, str]
    port: int = field(default_factory=free_port)
    process: Process | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log_file(self) -> Path:
        return self.folder / f"{self.service}-{self.number}.log"

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.runs

    def launch(self) -> None:
        """Start it and return at once."""
        command = service_command(self.service)
        given = {**os.environ, **command.environment, **self.environment, "PEYVAND_PORT": str(self.port)}
        self.process = Process(command.here, log=self.log_file, environment=given)

    def wait_until_ready(self, seconds: float = STARTING_SECONDS) -> None:
        wait_until(self._is_ready, f"{self.service} {self.number} getting ready", seconds)

    def ready(self) -> httpx.Response:
        """Ask what is not ready."""
        return httpx.get(f"{self.url}/health/ready", timeout=10, trust_env=False)

    def stop(self) -> None:
        """Ask it to stop (SIGTERM) and wait until it has."""
        self._running().stop(signal.SIGTERM, seconds=STOPPING_SECONDS)

    def kill(self) -> None:
        """End it as a power failure does."""
        if self.process is not None:
            self.process.kill()

    def pause(self) -> None:
        os.kill(self._running().pid, signal.SIGSTOP)

    def resume(self) -> None:
        os.kill(self._running().pid, signal.SIGCONT)

    def _running(self) -> Process:
        assert self.process is not None, f"{self.service} {self.number} has not been started"
        return self.process

    def _is_ready(self) -> bool:
        if not self._running().runs:
            raise AssertionError(f"{self.service} ended at once:\n{self.log_file.read_text(errors='replace')[-4000:]}")
        try:
            return self.ready().status_code == 200
        except httpx.HTTPError:
            return False
