"""Installs and starts each service by itself: only its own dependencies, and it lives."""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bootstrap import ROOT, require_python, stop, uv, uv_environment

OF_THE_TIMELINE = ("timeline", "sqlalchemy", "sqlmodel", "alembic", "aiosqlite", "faststream")
OF_TESTS = ("pytest", "mypy", "playwright")
ASSETS = tuple(f"web/static/vendor/{name}" for name in ("htmx.min.js", "vazirmatn.woff2"))
CONFIGURATION = """\
organisation: {name: Example Trading, domains: [example.ir], region: IR, timezone: Asia/Tehran}
connectors: []
"""


@dataclass(frozen=True, slots=True)
class Service:
    """A service by the name of its dist, with the modules that its environment must not have."""

    name: str
    foreign: tuple[str, ...]
    packed: tuple[str, ...] = ()  # files that git ignores and the wheel must have all the same
    health: str = "/health/live"  # without a bus a connector service is never ready

    @property
    def package(self) -> str:
        return self.name.replace("-", "_")

    @property
    def python(self) -> Path:
        return ROOT / ".venvs" / self.name / "bin" / "python"


SERVICES = (
    Service("ingest-email", ("telegram", "ingest_social", "ingest_phone", *OF_THE_TIMELINE, *OF_TESTS)),
    Service("ingest-social", ("imapclient", "ingest_email", "ingest_phone", *OF_THE_TIMELINE, *OF_TESTS)),
    Service("ingest-phone", ("telegram", "imapclient", "ingest_email", "ingest_social", *OF_THE_TIMELINE)),
    Service(
        "timeline",
        ("telegram", "imapclient", "ingest_email", "ingest_social", "ingest_phone", *OF_TESTS),
        ASSETS,
        "/health/ready",
    ),
)


def install(service: Service) -> None:
    """Make the service's environment anew: the pinned packages, and wheels of peyvand and the service itself."""
    folder = service.python.parent.parent
    own = folder / "own.txt"
    run(uv(), "venv", "--quiet", "--clear", "--python", sys.executable, folder)
    own.write_text(f"{ROOT / 'shared'}\n{ROOT / 'services' / service.name}\n")
    # uv keeps wheels of folders whose pyproject.toml stayed the same; the code in them may not have.
    anew = ["--reinstall-package", "peyvand", "--reinstall-package", service.name]
    pinned = ROOT / "requirements" / f"{service.name}.txt"
    run(uv(), "pip", "sync", "--quiet", "--python", service.python, "--verify-hashes", *anew, pinned, own)
    run(uv(), "pip", "check", "--quiet", "--python", service.python)


def require_nothing_foreign(service: Service) -> None:
    look = "import sys, importlib.util as u; print(*[name for name in sys.argv[1:] if u.find_spec(name)])"
    found = subprocess.run(
        [service.python, "-P", "-c", look, *service.foreign], capture_output=True, text=True, check=True
    )
    if found.stdout.strip():
        stop(f"{service.name} brings what it has no business with: {found.stdout.strip()}")


def require_it_is_packed(service: Service) -> None:
    where = f"import importlib.util as u; print(u.find_spec('{service.package}').submodule_search_locations[0])"
    found = subprocess.run([service.python, "-P", "-c", where], capture_output=True, text=True, check=True)
    missing = [name for name in service.packed if not Path(found.stdout.strip(), name).is_file()]
    if missing:
        stop(f"the wheel of {service.name} lacks {', '.join(missing)}")


def require_it_starts(service: Service) -> None:
    run(service.python, "-P", "-c", f"import {service.package}.main", cwd=service.python.parent)
    with (
        tempfile.TemporaryDirectory(prefix="peyvand-alone-") as folder,
        started(service, Path(folder)) as (process, port),
    ):
        _wait_for_life(service, process, f"http://127.0.0.1:{port}{service.health}", Path(folder) / "log")


@contextmanager
def started(service: Service, folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    port = _free_port()
    (folder / "peyvand.yaml").write_text(CONFIGURATION)
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "PEYVAND_CONFIG": str(folder / "peyvand.yaml"),
        "PEYVAND_PORT": str(port),
        "DATABASE_URL": f"sqlite:///{folder / 'timeline.db'}",
    }
    with (folder / "log").open("wb") as log:
        command: list[str | Path] = [service.python, "-P", "-m", f"{service.package}.main"]
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        yield process, port
    finally:
        process.terminate()
        process.wait(15)


def _wait_for_life(service: Service, process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310 - our own loopback address
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    stop(f"{service.name} did not answer {address} with 200; it said:\n{log.read_text(errors='replace')[-4000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run(*command: str | Path, cwd: Path = ROOT) -> None:
    if subprocess.run(command, cwd=cwd, env=uv_environment(), check=False).returncode:
        stop(f"failed: {' '.join(map(str, command))}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="service", help="those to try; all when none is named")
    names = parser.parse_args().names
    for service in SERVICES:
        if not names or service.name in names:
            install(service)
            require_nothing_foreign(service)
            require_it_is_packed(service)
            require_it_starts(service)
            print(f"{service.name}: installs and starts alone", flush=True)


if __name__ == "__main__":
    require_python()
    main()
