"""What is pinned names versions and hashes, never an index, a file or a folder of somebody's machine."""

import json
import re
from pathlib import Path

import pytest

from architecture.packages import ROOT, tracked

REQUIREMENTS = sorted((ROOT / "requirements").glob("*.txt"))
PINNED = re.compile(r"[\w.\-\[\]]+==\S+( ; .+?)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?|\s*#.*")
# A folder that exists for one person or one workplace only.
OF_ONE_MACHINE = re.compile(rb"(?<![\w.$}])/(root|work|Users|home/\w+)/")


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.name)
def test_a_requirement_is_a_version_with_hashes_and_nothing_else(path: Path) -> None:
    lines = path.read_text().splitlines()
    assert [line for line in lines if not PINNED.fullmatch(line)] == []


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.name)
def test_every_requirement_has_a_hash(path: Path) -> None:
    entries = re.split(r"\n(?=[\w])", path.read_text())[1:]
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_every_part_pins_what_development_pins() -> None:
    pins = {path.stem: set(re.findall(r"^\S+==\S+", path.read_text(), re.MULTILINE)) for path in REQUIREMENTS}
    parts = set.union(*(pins[name] for name in pins if name not in {"dev", "uv", "node"}))
    assert parts <= pins["dev"]


def test_the_npm_lock_names_hashes_and_no_address() -> None:
    packages: dict[str, dict[str, object]] = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    locked = [package for path, package in packages.items() if path]
    assert all("integrity" in package for package in locked)
    assert not any("resolved" in package for package in locked)


def test_no_lock_of_uv_is_kept() -> None:
    assert tracked("uv.lock", "**/uv.lock") == []


def test_no_file_names_a_folder_of_one_machine() -> None:
    guilty = [path for path in tracked() if path != Path(__file__) and OF_ONE_MACHINE.search(path.read_bytes())]
    assert [str(path.relative_to(ROOT)) for path in guilty] == []
