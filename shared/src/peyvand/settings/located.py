"""YAML that remembers the line of every key."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from peyvand.errors import Misconfigured, Mistake

Path_ = tuple[str | int, ...]


@dataclass
class Located:
    """A YAML document as plain values, the line (1-based) of each path, and keys that stand twice."""

    value: Any
    lines: dict[Path_, int] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    def line(self, path: Path_) -> int:
        """Return the line of a path, or of its nearest parent."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def parse(path: Path, text: str) -> Located:
    """Return the document; raises Misconfigured when it is no YAML."""
    try:
        return _located(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        why = getattr(error, "problem", None) or "this is no YAML"
        raise Misconfigured(str(path), [Mistake(mark.line + 1 if mark else 1, "(file)", why)]) from error
    except RecursionError as error:
        why = "nested too deep, or an alias that holds itself"
        raise Misconfigured(str(path), [Mistake(1, "(file)", why)]) from error


def _located(text: str) -> Located:
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    value = yaml.safe_load(text)
    located = Located(value if value is not None else {})
    if node is not None:
        _walk(node, (), located)
    return located


def _walk(node: yaml.Node, path: Path_, found: Located) -> None:
    found.lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            _note_repetition(key, path, seen, found)
            found.lines[(*path, key.value)] = key.start_mark.line + 1
            _walk(value, (*path, key.value), found)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _walk(value, (*path, index), found)


def _note_repetition(key: yaml.Node, path: Path_, seen: set[str], found: Located) -> None:
    if key.value in seen:
        name = ".".join(str(p) for p in (*path, key.value))
        found.mistakes.append(Mistake(key.start_mark.line + 1, name, "stands twice; the second would win silently"))
    seen.add(key.value)
