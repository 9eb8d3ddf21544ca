"""Files of one mail each (.eml), as mail programs export them and other programs put them down."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ingest_email.mailfile.following import Place, readable
from ingest_email.mailfile.watch import Sight
from peyvand.errors import Unavailable

ENDINGS = (".eml", ".eml.txt")
DEEPEST = 20


def eml_places(root: Path) -> list[Place]:
    """Return a folder and those within it; raises Unavailable in plain words."""
    if not root.is_dir():
        raise Unavailable(f"{root} is no folder (yet); check path")
    return [Place(readable(str(path.relative_to(root))), path) for path in _folders(root, DEEPEST)]


def eml_seen(place: Place) -> list[Sight]:
    """Return the mails of one folder; raises Unavailable."""
    try:
        with os.scandir(place.path) as entries:
            return [sight for entry in entries for sight in _sight(entry)]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise Unavailable(f"{place.path} cannot be read: {error.strerror}") from error


@dataclass(slots=True)
class Stillness:
    """Which files were as large and as old a look ago: who writes a file without a temporary name may be at it."""

    before: dict[str, tuple[int, int]] = field(default_factory=dict)

    def settled(self, sight: Sight) -> bool:
        """Return whether a file stands as it stood one look ago."""
        stands = (sight.size, sight.written)
        if self.before.get(str(sight.path)) == stands:
            del self.before[str(sight.path)]
            return True
        self.before[str(sight.path)] = stands
        return False


def _folders(path: Path, deep: int) -> Iterator[Path]:
    yield path
    if deep == 0:
        return
    try:
        within = sorted(p for p in path.iterdir() if p.is_dir() and not p.is_symlink() and not p.name.startswith("."))
    except OSError as error:
        raise Unavailable(f"{path} cannot be read: {error.strerror}") from error
    for folder in within:
        yield from _folders(folder, deep - 1)


def _sight(entry: "os.DirEntry[str]") -> Iterator[Sight]:
    if entry.name.startswith(".") or not entry.name.lower().endswith(ENDINGS):
        return
    try:
        said = entry.stat()
    except FileNotFoundError:
        return
    if entry.is_file():
        yield Sight(entry.name, Path(entry.path), said.st_ctime_ns, said.st_size, said.st_mtime_ns)
