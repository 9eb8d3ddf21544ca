"""The folders of a Maildir (Maildir++), and the mails in them.

https://cr.yp.to/proto/maildir.html
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from imapclient.imap_utf7 import decode

from ingest_email.imap.folders import INBOX, Listed, chosen
from ingest_email.mailfile.following import Place, readable
from ingest_email.mailfile.watch import Sight
from peyvand.errors import Unavailable

# tmp holds what is still being written.
_READ = ("new", "cur")


def is_maildir(path: Path) -> bool:
    """Return whether a folder is a Maildir."""
    return all((path / name).is_dir() for name in _READ)


def maildir_places(root: Path, wanted: Sequence[str] | None) -> list[Place]:
    """Return the folders that are read, as for a mailbox on a server; raises Unavailable in plain words."""
    if not root.is_dir():
        raise Unavailable(f"{root} does not exist (yet); check path")
    if not is_maildir(root):
        raise Unavailable(f"{root} is no Maildir: it has no folders new and cur", 300)
    there = dict(_listed(root))
    choice = chosen([Listed(name, frozenset(), ".") for name in there], wanted)
    if complaint := choice.complaint():
        raise Unavailable(complaint, 300)
    return [Place(folder.name, there[folder.name], folder.special_use) for folder in choice.folders]


def maildir_seen(place: Place) -> list[Sight]:
    """Return the mails of a folder; a name ends where its flags begin. Raises Unavailable."""
    try:
        return [sight for name in _READ for sight in _sights(place.path / name)]
    except OSError as error:
        raise Unavailable(f"{place.path} cannot be read: {error.strerror}") from error


def _listed(root: Path) -> Iterator[tuple[str, Path]]:
    yield INBOX, root
    for path in sorted(root.iterdir()):
        if path.name.startswith(".") and len(path.name) > 1 and is_maildir(path):
            yield _name(path.name[1:]), path


def _name(stored: str) -> str:
    """Return a folder's name: servers store it in modified UTF-7 (RFC 9051, appendix A), or in UTF-8."""
    try:
        return str(decode(stored.encode("ascii")))
    except (UnicodeError, ValueError):
        return readable(stored)


def _sights(folder: Path) -> Iterator[Sight]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            try:
                said = entry.stat()
            except FileNotFoundError:
                continue  # renamed meanwhile: the next look sees it
            if entry.is_file():
                key = entry.name.partition(":")[0]
                yield Sight(key, Path(entry.path), said.st_ctime_ns, said.st_size, said.st_mtime_ns)
