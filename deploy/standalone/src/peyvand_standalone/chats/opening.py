"""The text of an export and the files beside it: a .txt, or a .zip of both."""

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from peyvand.errors import PeyvandError

LONGEST_TEXT = 200 * 1024 * 1024
LARGEST_FILE = 50 * 1024 * 1024
_MOST_MEMBERS = 200_000


class NoChat(PeyvandError):
    """A file that holds no exported chat, and why."""


@dataclass(frozen=True, slots=True)
class Export:
    """An export: its name, its text, and the files that came with it, by name with their sizes."""

    path: Path
    text: str
    sizes: Mapping[str, int] = field(default_factory=dict)

    @property
    def partner(self) -> str | None:
        """Return whom the file's name says that the chat is with: `WhatsApp Chat with Name`, `… - Name`."""
        for begins in ("WhatsApp Chat with ", "WhatsApp Chat - "):
            if self.path.stem.startswith(begins):
                return self.path.stem.removeprefix(begins).strip() or None
        return None

    def read(self, name: str) -> bytes:
        """Return a file's bytes; raises NoChat when the zip is damaged there."""
        try:
            with zipfile.ZipFile(self.path) as archive, archive.open(_member(archive, name)) as file:
                return file.read(LARGEST_FILE + 1)
        except (OSError, zipfile.BadZipFile, KeyError, RuntimeError, NotImplementedError) as error:
            raise NoChat(f"{self.path.name}: {name} cannot be read") from error


def opened(path: Path) -> Export:
    """Return the export that lies at a path; raises NoChat."""
    try:
        if path.suffix.lower() == ".zip":
            return _zip(path)
        if path.stat().st_size > LONGEST_TEXT:
            raise NoChat(f"{path.name}: is larger than any chat")
        return Export(path, _text(path.read_bytes(), path.name))
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise NoChat(f"{path.name}: cannot be opened ({error})") from error


def _zip(path: Path) -> Export:
    with zipfile.ZipFile(path) as archive:
        members = [m for m in archive.infolist() if not m.is_dir()]
        texts = [m for m in members if m.filename.lower().endswith(".txt")]
        # of several the chat is what the app calls so; a text that somebody sent is called otherwise
        chats = [m for m in texts if _base(m.filename).startswith(("_chat", "WhatsApp Chat"))] or texts[:1]
        if not chats or len(members) > _MOST_MEMBERS or chats[0].file_size > LONGEST_TEXT:
            raise NoChat(f"{path.name}: holds no text of a chat")
        with archive.open(chats[0]) as file:
            raw = file.read(LONGEST_TEXT + 1)
        sizes = {_base(m.filename): m.file_size for m in members if m is not chats[0]}
    return Export(path, _text(raw, path.name), sizes)


def _text(raw: bytes, name: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NoChat(f"{name}: is no UTF-8 text, as the app exports it") from error


def _member(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    return next(m for m in archive.infolist() if _base(m.filename) == name and not m.is_dir())


def _base(filename: str) -> str:
    return filename.replace("\\", "/").rpartition("/")[2]
