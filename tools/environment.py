"""Installs .venv from the pinned requirements, and only when one of them has changed since."""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bootstrap import HOME, ROOT, require_python, say, stop, uv, uv_environment

VENV = ROOT / ".venv"
STAMP = VENV / "installed-from"
MEMBERS = sorted(
    path.parent
    for pattern in ("shared", "services/*", "deploy/standalone")
    for path in ROOT.glob(f"{pattern}/pyproject.toml")
)
# What development needs contains what the product needs, at the same versions.
SUFFICES = {"product": ("product", "dev"), "dev": ("dev",)}
SAYS = {
    "product": "Installing what Peyvand needs into .venv (about 60 packages from the package index, 60 MB, once)",
    "dev": "Installing what Peyvand and its tests need into .venv (about 120 packages, 200 MB, once)",
}


def install(kind: str, *, quiet: bool) -> None:
    inputs = digest()
    if _installed() in [f"{enough} {inputs}" for enough in SUFFICES[kind]]:
        return
    say(SAYS[kind])
    binary, environment = uv(), uv_environment()
    volume = ["--quiet"] if quiet else []
    if not (VENV / "bin" / "python").exists():
        _run([binary, "venv", *volume, "--python", sys.executable, VENV], environment)
    members = VENV / "members.txt"
    members.write_text("".join(f"-e {member}\n" for member in MEMBERS))
    STAMP.unlink(missing_ok=True)
    pinned = ROOT / "requirements" / f"{kind}.txt"
    target: list[str | Path] = ["--python", VENV / "bin" / "python", "--compile-bytecode", "--verify-hashes"]
    _run([binary, "pip", "sync", *volume, *target, pinned, members], environment)
    STAMP.write_text(f"{kind} {inputs}")


def digest() -> str:
    """Return the fingerprint of all that decides what .venv holds."""
    inputs = [ROOT / "requirements" / f"{kind}.txt" for kind in SUFFICES]
    inputs += [member / "pyproject.toml" for member in MEMBERS]
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in inputs)).hexdigest()


@contextmanager
def alone() -> Iterator[None]:
    """Hold off a second installation, from another terminal, until this one is done."""
    HOME.mkdir(exist_ok=True)
    with (HOME / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _installed() -> str:
    usable = STAMP.is_file() and (VENV / "bin" / "python").exists()
    return STAMP.read_text() if usable else ""


def _run(command: list[str | Path], environment: dict[str, str]) -> None:
    if subprocess.run(command, env=environment, cwd=ROOT, check=False).returncode:
        stop("the installation did not finish (see above); it goes on from there when started again")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=SUFFICES)
    parser.add_argument("--quiet", action="store_true")
    asked = parser.parse_args()
    require_python()
    with alone():
        install(asked.kind, quiet=asked.quiet)
