"""Finds uv, or fetches it through pip into .tools, so that Python, pip and make are all a machine needs."""

from __future__ import annotations

import ast
import importlib.util
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".tools"
PINNED = ROOT / "requirements" / "uv.txt"

# uv reads no pip configuration: what pip is told on this machine is handed to uv under uv's own names.
AS_UV_SAYS_IT = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
}


def uv() -> Path:
    """Return a uv of the pinned series: the machine's, or the project's own, fetched when missing."""
    for found in (HOME / "bin" / "uv", shutil.which("uv")):
        if found and _is_pinned_series(Path(found)):
            return Path(found)
    say(f"Fetching uv with pip into {HOME.name}/ (about 25 MB, once)")
    _install_with_pip()
    return HOME / "bin" / "uv"


def uv_environment() -> dict[str, str]:
    """Return the environment for uv: this Python, no downloads of another, the sources pip uses here."""
    settings = {
        "UV_PYTHON": sys.executable,
        "UV_PYTHON_DOWNLOADS": "never",
        **as_uv_settings(pip_settings()),
    }
    return settings | dict(os.environ)


def as_uv_settings(pip: Mapping[str, str]) -> dict[str, str]:
    settings = {AS_UV_SAYS_IT[name]: value for name, value in pip.items() if name in AS_UV_SAYS_IT}
    if "UV_FIND_LINKS" in settings:
        settings["UV_FIND_LINKS"] = ",".join(settings["UV_FIND_LINKS"].split())
    if "UV_INDEX" in settings:
        # pip takes the best version of all its indexes; uv, unless told, the first index that has any.
        settings["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return settings


def pip_settings() -> dict[str, str]:
    """Return what pip is configured with here; a later line is a stronger one, the environment's last."""
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    lines = sorted((line for line in listed.splitlines() if "=" in line), key=lambda line: line.startswith(":env:"))
    settings: dict[str, str] = {}
    for line in lines:
        key, _, value = line.partition("=")
        settings[key.rpartition(".")[2]] = str(ast.literal_eval(value)).strip()
    return settings


def say(words: str) -> None:
    sys.stderr.write(f"peyvand: {words}\n")


def stop(words: str) -> None:
    say(words)
    raise SystemExit(1)


def require_python() -> None:
    if not (3, 11) <= sys.version_info[:2] < (3, 14):
        version = ".".join(map(str, sys.version_info[:2]))
        stop(f"needs Python 3.11, 3.12 or 3.13, and python3 is {version}: say which with PYTHON=python3.11 make …")


def _is_pinned_series(candidate: Path) -> bool:
    if not candidate.is_file():
        return False
    said = subprocess.run([candidate, "--version"], capture_output=True, text=True, check=False).stdout.split()
    return len(said) > 1 and said[1].split(".")[:2] == _pinned_version().split(".")[:2]


def _pinned_version() -> str:
    line = next(line for line in PINNED.read_text().splitlines() if line.startswith("uv=="))
    return line.split()[0].removeprefix("uv==")


def _install_with_pip() -> None:
    pip = [sys.executable, "-m", "pip"]
    target = ["--target", str(HOME)]
    if importlib.util.find_spec("pip") is None:
        pip, target = _pip_of_own_environment(), []
    command = [*pip, "install", "--quiet", "--upgrade", *target, "--require-hashes", "-r", str(PINNED)]
    if subprocess.run([*command, "--root-user-action=ignore"], check=False).returncode:
        stop("pip could not install uv (see above). Is a package index within reach? `pip config list` says which.")


def _pip_of_own_environment() -> list[str]:
    if importlib.util.find_spec("ensurepip") is None:
        stop("this Python has neither pip nor ensurepip. On Debian and Ubuntu: apt install python3-pip")
    venv.create(HOME, with_pip=True)
    return [str(HOME / "bin" / "python"), "-m", "pip"]


if __name__ == "__main__":
    require_python()
    os.chdir(ROOT)
    binary = uv()
    os.execve(binary, [str(binary), *sys.argv[1:]], uv_environment())  # noqa: S606 - uv takes over this process
