"""Putting peyvand.yaml and its secrets in place as a whole, or leaving everything as it was."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

_UNSAFE = re.compile(r"[^a-z0-9-]")


def secret_path(connector: str, key: str) -> str:
    """Return where a connector's secret is kept, as peyvand.yaml names it."""
    return f"secrets/{_UNSAFE.sub('-', connector)}-{key.replace('_', '-')}"


@contextmanager
def placed(folder: Path, secrets: Mapping[str, str]) -> Iterator[None]:
    """Write secrets (path below the folder, value), readable by their owner only; taken back when the body raises."""
    before = {name: _content(folder / name) for name in secrets}
    try:
        for name, value in secrets.items():
            private(folder / name, value.encode() + b"\n")
        yield
    except BaseException:
        for name, content in before.items():
            if content is None:
                (folder / name).unlink(missing_ok=True)
            else:
                private(folder / name, content)
        raise


def private(path: Path, content: bytes) -> None:
    """Write a file that nobody else may read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _replaced(path, content, 0o600)


def replaced(path: Path, text: str) -> None:
    """Write a file whole or not at all; its permissions stay."""
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    _replaced(path, text.encode(), mode)


def _replaced(path: Path, content: bytes, mode: int) -> None:
    new = path.with_name(f".{path.name}.new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(file.fileno(), mode)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None
