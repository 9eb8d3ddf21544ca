"""The commands of docs/operating.md, so that what tests run is what people are told to run."""

import re
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

OPERATING = Path(__file__).parents[2] / "docs" / "operating.md"


@dataclass(frozen=True, slots=True)
class Documented:
    """A command as it stands in the document: what it sets in its environment, and what it runs."""

    environment: Mapping[str, str]
    words: tuple[str, ...]

    @property
    def here(self) -> list[str]:
        """Return the words with this environment's Python in place of a service's own."""
        return [sys.executable, *self.words[1:]]


def topics_command() -> Documented:
    return _command(r"\S+ -m peyvand\.kafka\.topics")


def service_command(service: str) -> Documented:
    """Return what starts a service, by the name of its dist."""
    return _command(rf"PEYVAND_PORT=\d+ \.venvs/{service}/bin/python -m {service.replace('-', '_')}\.main")


def _command(pattern: str) -> Documented:
    found = re.search(rf"^{pattern}$", OPERATING.read_text(encoding="utf-8"), re.MULTILINE)
    assert found is not None, f"docs/operating.md has no line like {pattern}"
    words = shlex.split(found[0])
    given = [word for word in words if re.match(r"[A-Z_]+=", word)]
    environment = dict(word.split("=", 1) for word in given)
    return Documented(environment, tuple(words[len(given) :]))
