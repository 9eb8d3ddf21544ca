"""What the architecture tests walk over: our packages, their modules, the channels that their registries name."""

import importlib
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCES = {
    "peyvand": ROOT / "shared/src",
    "ingest_email": ROOT / "services/ingest-email/src",
    "ingest_social": ROOT / "services/ingest-social/src",
    "ingest_phone": ROOT / "services/ingest-phone/src",
    "timeline": ROOT / "services/timeline/src",
    "peyvand_standalone": ROOT / "deploy/standalone/src",
}
CONNECTOR_SERVICES = ("ingest_email", "ingest_social", "ingest_phone")


class Named(Protocol):
    @property
    def name(self) -> str: ...


def modules(package: str) -> Iterator[str]:
    """Yield every module of a package but its migrations, which only Alembic loads."""
    for path in sorted((SOURCES[package] / package).rglob("*.py")):
        parts = path.relative_to(SOURCES[package]).with_suffix("").parts
        if "versions" not in parts and path.name not in {"env.py", "__main__.py"}:
            yield ".".join(parts).removesuffix(".__init__")


def channels() -> dict[str, str]:
    """Return each registered channel's name with the service that registers it."""
    return {source.name: service for service in CONNECTOR_SERVICES for source in registered(service)}


def registered(service: str) -> Iterable[Named]:
    try:
        registry = importlib.import_module(f"{service}.registry")
    except ModuleNotFoundError:
        return ()
    return tuple(registry.SOURCES)


def tracked(*patterns: str) -> list[Path]:
    """Return the files that git keeps, or would keep with the next commit."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]
