"""Peyvand as four services: real processes on real Kafka and PostgreSQL, behind one address."""

import asyncio
import os
import subprocess
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import yaml

import ingest_email.registry
import ingest_phone.registry
import ingest_social.registry
from distributed.documented import topics_command
from distributed.lag import Lag
from distributed.processes import CONNECTORS, SERVICES, Copy
from parts.proxy import Proxy
from standalone.running import Peyvand

REGISTRIES = (ingest_email.registry.SOURCES, ingest_social.registry.SOURCES, ingest_phone.registry.SOURCES)
# What docs/operating.md has a proxy send to ingest-social beside its webhooks.
PARTNERS = ("/v1/events", "/v1/requests", "/partner")
SERVICE_OF = {source.name: name for name, known in zip(CONNECTORS, REGISTRIES, strict=True) for source in known}


@dataclass(slots=True)
class FourServices(Peyvand):
    """One installation of four services: the face of one process, and each process in reach."""

    lag: Lag = field(kw_only=True)
    copies: dict[str, list[Copy]] = field(default_factory=dict)
    _open: ExitStack = field(default_factory=ExitStack, repr=False)

    @property
    def log(self) -> str:
        files = sorted(self.folder.glob("*-*.log")) + sorted(self.folder.glob("timeline*.log"))
        return "".join(file.read_text(errors="replace") for file in dict.fromkeys(files))

    def start(self, *arguments: str) -> "FourServices":
        """Make the topics, start one copy of each service that is not there, and return once all are ready."""
        assert not arguments, "the services are told by their environment"
        self.name_store()
        self.make_topics()
        for service in SERVICES:
            self.add(service, 0 if self.copies.get(service) else 1)
        self.open_door()
        for services in (("timeline",), CONNECTORS):  # what is read finds it ready, as in one process
            self.launch_copies(services)
        return self

    def launch_copies(self, services: Iterable[str]) -> None:
        """Start the copies that do not run, and return once all of them are ready."""
        copies = [copy for service in services for copy in self.copies.get(service, ())]
        for copy in copies:
            if not copy.runs:
                copy.launch()
        for copy in copies:
            copy.wait_until_ready()

    def add(self, service: str, copies: int = 1, **environment: str) -> list[Copy]:
        """Add copies of a service, not yet started."""
        known = self.copies.setdefault(service, [])
        given = {**self.environment, **environment}
        made = [Copy(service, len(known) + n + 1, self.folder, given) for n in range(copies)]
        known += made
        return made

    def all(self) -> list[Copy]:
        return [copy for service in SERVICES for copy in self.copies.get(service, ())]

    def make_topics(self) -> None:
        """Make the topics with the command that the document shows."""
        command = topics_command()
        environment = {**os.environ, **command.environment, **self.environment}
        subprocess.run(command.here, cwd=self.folder, env=environment, check=True, timeout=60)

    def open_door(self) -> None:
        """Put one address in front of all; it stays, whatever becomes of those behind it."""
        if not self._open_already():
            self._open.enter_context(Proxy(self._upstreams).running(self.port))

    def name_store(self) -> None:
        """Write into peyvand.yaml where the store is, for the `peyvand` command."""
        file = self.folder / "peyvand.yaml"
        if file.exists() and "\nstorage:" not in file.read_text(encoding="utf-8"):
            with file.open("a", encoding="utf-8") as opened:
                opened.write('\nstorage: {database: "${DATABASE_URL}", blobs: var/blobs}\n')

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        self.name_store()
        return Peyvand.run(self, *arguments)

    def stop(self) -> float:
        """Ask all to stop and return how many seconds that took."""
        began = time.monotonic()
        with ThreadPoolExecutor(8) as together:
            list(together.map(Copy.stop, [copy for copy in self.all() if copy.runs]))
        return time.monotonic() - began

    def kill(self) -> None:
        for copy in self.all():
            copy.kill()

    def close(self) -> None:
        """End all that was started."""
        self.kill()
        self._open.close()
        self.lag.close()

    def get(self, path: str, **parameters: Any) -> Any:
        """Read once everything that was acknowledged by now is consumed."""
        self.lag.wait_until_consumed()
        return Peyvand.get(self, path, **parameters)

    def metrics(self) -> str:
        answers = [httpx.get(f"{c.url}/metrics", timeout=10, trust_env=False) for c in self.all() if c.runs]
        return "".join(answer.text for answer in answers)

    def stored(self) -> bytes:
        """Return everything that the database and the bus keep."""
        self.lag.wait_until_consumed()
        url = self.environment["DATABASE_URL"].replace("+asyncpg", "")
        with ThreadPoolExecutor(1) as thread:  # with a loop of its own, beside whatever loop the test runs in
            rows = thread.submit(asyncio.run, _every_row(url)).result()
        return b"\n".join([rows, *self.lag.records()])

    def _open_already(self) -> bool:
        try:
            httpx.get(self.url, timeout=2, trust_env=False)
        except httpx.ConnectError:
            return False
        return True

    def _upstreams(self, path: str) -> list[str]:
        service = "timeline"
        if path.startswith(PARTNERS):
            service = "ingest-social"
        elif path.startswith("/webhooks/"):
            service = self._service_of(path.removeprefix("/webhooks/"))
        return [copy.url for copy in self.copies.get(service, ()) if copy.runs]

    def _service_of(self, connector: str) -> str:
        configured = yaml.safe_load((self.folder / "peyvand.yaml").read_text(encoding="utf-8"))["connectors"]
        channels = (str(c["channel"]) for c in configured if c["name"] == connector)
        return SERVICE_OF.get(next(channels, ""), "ingest-social")


async def _every_row(url: str) -> bytes:
    connection = await asyncpg.connect(url)
    try:
        tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        rows = [r for (table,) in tables for r in await connection.fetch(f'SELECT * FROM "{table}"')]
    finally:
        await connection.close()
    return b"\n".join(v if isinstance(v, bytes) else str(v).encode() for row in rows for v in row.values())


@contextmanager
def four_services(
    folder: Path, bootstrap: str, prefix: str, database: str, **environment: str
) -> Iterator[FourServices]:
    """Give an installation of four services, not yet started, and end its processes afterwards."""
    group = f"{prefix}timeline"
    given = {
        "KAFKA_BOOTSTRAP_SERVERS": bootstrap,
        "KAFKA_TOPIC_PREFIX": prefix,
        "KAFKA_PARTITIONS": "4",
        "KAFKA_GROUP": group,
        "DATABASE_URL": database,
        **environment,
    }
    product = FourServices(folder, environment=given, lag=Lag(bootstrap, prefix, group))
    try:
        yield product
    finally:
        product.close()
