"""Refuses a product with a licence that Apache-2.0 does not go with, and writes THIRD_PARTY_NOTICES.md."""

from __future__ import annotations

import argparse
import json
import re
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTICES = ROOT / "THIRD_PARTY_NOTICES.md"

# MPL and OFL ask for their own files to stay open, not for ours; OFL is the one that fonts come under. CC0 asks for
# nothing.
ALLOWED = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "MIT-0", "MPL-1.1", "MPL-2.0",
    "OFL-1.1", "PSF-2.0", "Unlicense", "Zlib",
}  # fmt: skip
# Used as they are, as packages that anybody can replace, and never copied into this project.
ALLOWED_BY_NAME = {"python-telegram-bot": "LGPL-3.0-only", "asyncssh": "EPL-2.0 OR GPL-2.0-or-later"}
# What a package calls its licence, in the words of SPDX.
SPDX = {
    "Apache 2": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "BSD 3-Clause License": "BSD-3-Clause",
    "ISC License": "ISC",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "OFL": "OFL-1.1",
}
# Read in the package's own licence file: its metadata does not say, or it is not installed on every platform.
READ_BY_HAND = {"colorama": "BSD-3-Clause", "imapclient": "BSD-3-Clause"}

HEAD = """# Third-party notices

Peyvand is under the Apache License 2.0 (see LICENSE). It is built on the packages below, each under its own licence.
None of them is copied into this repository: they are installed from their registries, at these versions, and each
brings its licence text along. The front-end files are packed into the timeline's wheel with their licences beside
them. python-telegram-bot, under the LGPL, is used unchanged as a package that can be replaced by another version; so
are asyncssh, under the EPL, and libsndfile, under the LGPL, which soundfile brings as a library of its own.

Written by `make notices`; `make check` compares it with requirements/product.txt and package-lock.json.
"""


@dataclass(frozen=True, slots=True)
class Package:
    name: str
    version: str
    licence: str


def python_packages() -> list[Package]:
    pinned = (ROOT / "requirements" / "product.txt").read_text()
    found = re.findall(r"^([\w.-]+)==([^\s;]+)", pinned, re.MULTILINE)
    return [Package(name, version, _licence_of_dist(name)) for name, version in found]


def front_end_packages() -> list[Package]:
    locked: dict[str, dict[str, str]] = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    named = ((path.removeprefix("node_modules/"), package) for path, package in locked.items() if path)
    return [Package(name, entry["version"], _licence_of_npm(name, entry)) for name, entry in named]


def may_be_used(package: Package) -> bool:
    by_name = ALLOWED_BY_NAME.get(package.name)
    return is_allowed(package.licence) or (by_name is not None and by_name == package.licence)


def is_allowed(expression: str) -> bool:
    """Tell whether an SPDX expression leaves a way to use the package: one side of OR, both sides of AND."""
    while inner := re.search(r"\(([^()]*)\)", expression):
        verdict = "MIT" if is_allowed(inner[1]) else "refused"
        expression = expression.replace(inner[0], verdict)
    return any(all(term.strip() in ALLOWED for term in way.split(" AND ")) for way in expression.split(" OR "))


def notices(python: list[Package], front_end: list[Package]) -> str:
    return "\n".join((HEAD, *_table("Python packages", python), "", *_table("Front-end files", front_end), ""))


def _table(title: str, packages: list[Package]) -> list[str]:
    rows = [f"| {package.name} | {package.version} | {package.licence} |" for package in packages]
    return [f"## {title}", "", "| package | version | licence |", "|---|---|---|", *rows]


def _licence_of_dist(name: str) -> str:
    if name in READ_BY_HAND:
        return READ_BY_HAND[name]
    try:
        said = metadata(name).json
    except PackageNotFoundError:
        return "unknown: not installed here"
    if expression := said.get("license_expression"):
        return str(expression)
    field = str(said.get("license", "")).strip()
    if field and field != "UNKNOWN" and len(field) < 60:
        return SPDX.get(field, field)
    classified = [line.rpartition(" :: ")[2] for line in said.get("classifier", []) if line.startswith("License")]
    return " OR ".join(SPDX.get(words, words) for words in classified) or "unknown: its metadata does not say"


def _licence_of_npm(name: str, entry: dict[str, str]) -> str:
    said = READ_BY_HAND.get(name) or entry.get("license", "unknown: its metadata does not say")
    return SPDX.get(said, said)


def check(python: list[Package], front_end: list[Package]) -> list[str]:
    """Return what is wrong, in words."""
    wrong = [
        f"{package.name} {package.version}: licence {package.licence!r} is not on the list in tools/licences.py"
        for package in (*python, *front_end)
        if not may_be_used(package)
    ]
    if not NOTICES.exists() or NOTICES.read_text() != notices(python, front_end):
        wrong.append(f"{NOTICES.name} is not what the pinned packages say: run `make notices`")
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--check", action="store_true")
    what.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    python, front_end = python_packages(), front_end_packages()
    if asked.write:
        NOTICES.write_text(notices(python, front_end))
    if wrong := check(python, front_end):
        raise SystemExit("\n".join(wrong))
    print(f"licences of {len(python) + len(front_end)} packages: all allowed, {NOTICES.name} up to date")


if __name__ == "__main__":
    main()
