"""What a pyproject.toml asks for is what requirements/ pins: nobody installs something else than what was tested."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from architecture.packages import ROOT

MEMBERS = {
    "peyvand": "shared",
    "ingest-email": "services/ingest-email",
    "ingest-social": "services/ingest-social",
    "ingest-phone": "services/ingest-phone",
    "timeline": "services/timeline",
    "peyvand-standalone": "deploy/standalone",
}
PARTS = {"product": "peyvand-standalone", **{name: name for name in MEMBERS if name.startswith("ingest-")}}
PARTS["timeline"] = "timeline"


@pytest.mark.parametrize("part", PARTS)
def test_a_part_pins_what_its_dist_asks_for(part: str) -> None:
    assert unmet(needs(PARTS[part]), pins(ROOT / "requirements" / f"{part}.txt")) == []


def test_development_pins_what_its_group_asks_for() -> None:
    group = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]["dev"]
    wanted = [Requirement(line) for line in group]
    assert unmet([need for need in wanted if need.name not in MEMBERS], pins(ROOT / "requirements" / "dev.txt")) == []


def needs(member: str) -> list[Requirement]:
    """Return what a member asks for, and what the members that it stands on ask for."""
    project = tomllib.loads((ROOT / MEMBERS[member] / "pyproject.toml").read_text())["project"]
    own = [Requirement(line) for line in project["dependencies"]]
    below = [need for name in own if name.name in MEMBERS for need in needs(name.name)]
    return [need for need in own if need.name not in MEMBERS] + below


def pins(path: Path) -> dict[str, list[str]]:
    """Return each pinned name's versions: two where a marker chooses."""
    pinned: dict[str, list[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==([^\s;]+)", path.read_text(), re.MULTILINE):
        pinned.setdefault(canonicalize_name(name), []).append(version)
    return pinned


def unmet(wanted: list[Requirement], pinned: dict[str, list[str]]) -> list[str]:
    versions = {need: pinned.get(canonicalize_name(need.name), []) for need in wanted}
    return sorted({str(need) for need in wanted if not any(need.specifier.contains(v) for v in versions[need])})
