"""Other projects' sets of replies and the libraries, fetched from package registries into .tools, never kept."""

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from parts.missing import Missing

FOLDER = Path(__file__).parents[2] / ".tools" / "replies"
SDISTS = {
    "talon": "1.4.4",
    "quotequail": "0.5.4",
    "mail-parser-reply": "1.36",
    "email-reply-parser": "0.5.12",
    "unquotemail": "1.0.11",
}
# Its later versions leave the tests out.
CRISP = "email-reply-parser@1.2.1"
TRIMMER = "email_reply_trimmer"
# What the libraries import; of talon only what finds quotes.
NEEDED = ("lxml", "regex", "html5lib", "cssselect", "six", "chardet", "beautifulsoup4", "html2text", "markdown")


def sdist(name: str, version: str = "") -> Path:
    """Return the unpacked source of a Python package. Raises Missing where it cannot be had."""
    version = version or SDISTS[name]
    folder = FOLDER / f"{name}-{version}"
    if not folder.is_dir():
        into = _empty(FOLDER / "fetched" / name)
        _run(*_pip("download"), "--no-deps", "--no-binary", ":all:", "--dest", str(into), f"{name}=={version}")
        _unpack(next(into.glob("*.tar.gz")), folder)
    return next(child for child in folder.iterdir() if child.is_dir())


def npm_package(name: str) -> Path:
    """Return an unpacked package of npm's. Raises Missing where it cannot be had."""
    folder = FOLDER / f"npm-{name}"
    if not folder.is_dir():
        into = _empty(FOLDER / "fetched" / f"npm-{name}")
        _run("npm", "pack", "--silent", "--pack-destination", str(into), name)
        _unpack(next(into.glob("*.tgz")), folder)
    return folder / "package"


def gem(name: str) -> Path:
    """Return the unpacked source of a Ruby gem. Raises Missing where it cannot be had."""
    folder = FOLDER / f"gem-{name}"
    if not folder.is_dir():
        into = _empty(FOLDER / "fetched" / f"gem-{name}")
        _run("gem", "fetch", name, folder=into)
        _run("gem", "unpack", str(next(into.glob("*.gem"))), "--target", str(folder))
    return next(child for child in folder.iterdir() if child.is_dir())


def needed() -> Path:
    """Return the folder of what the libraries import. Raises Missing where it cannot be had."""
    folder = FOLDER / "needed"
    if not folder.is_dir():
        into = _empty(FOLDER / "fetched" / "needed")
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        wheels = ("--only-binary", ":all:", "--python-version", version)
        _run(*_pip("install"), *wheels, "--target", str(into), *NEEDED)
        into.rename(folder)
    return folder


def _pip(command: str) -> tuple[str, ...]:
    return ("python3", "-m", "pip", command, "--quiet", "--disable-pip-version-check")


def _run(*command: str, folder: Path | None = None) -> None:
    if shutil.which(command[0]) is None:
        raise Missing(f"no {command[0]} to fetch it with")
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=900)
    if done.returncode != 0:
        raise Missing(f"{' '.join(command[:3])} fetched nothing: {done.stderr.strip()[-200:]}")


def _unpack(archive: Path, folder: Path) -> None:
    part = _empty(folder.with_name(f"{folder.name}.part"))
    with tarfile.open(archive) as tar:
        tar.extractall(part, filter="data")
    part.rename(folder)


def _empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
