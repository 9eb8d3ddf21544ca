"""Rules out of a file: a whole peyvand.yaml, only its section `identity:`, or only what stands in that."""

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from peyvand.errors import Misconfigured, Mistake
from peyvand.identity import Rules
from peyvand.settings.file import SECTIONS
from peyvand.settings.located import Located, Path_, parse

SECTION = "identity"


def read_rules(path: Path, region: str) -> Rules:
    """Return the rules of a file, nothing else of which is read; raises Misconfigured with every mistake."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise Misconfigured(str(path), [Mistake(1, "(file)", f"cannot be read: {why}")]) from error
    file = parse(path, text)
    at, value = _section(file.value)
    if not isinstance(value, dict):
        raise Misconfigured(str(path), [Mistake(file.line(at), SECTION, "must be a mapping (key: value)")])
    try:
        rules = Rules.model_validate(value, context={"region": region})
    except ValidationError as error:
        raise Misconfigured(str(path), _mistakes(file, at, error)) from error
    if file.mistakes:
        raise Misconfigured(str(path), file.mistakes)
    return rules


def _section(file: Any) -> tuple[Path_, Any]:
    """Return where the rules stand and what they are; a whole file without the section has the built-in ones."""
    if not isinstance(file, dict):
        return (), file
    if SECTION in file:
        return (SECTION,), file[SECTION] or {}
    return (), {} if file.keys() & set(SECTIONS) else file


def _mistakes(file: Located, at: Path_, error: ValidationError) -> list[Mistake]:
    found = []
    for e in error.errors(include_input=False, include_url=False):
        path: Path_ = (*at, *e["loc"])
        why = "unknown key" if e["type"] == "extra_forbidden" else e["msg"].removeprefix("Value error, ")
        found.append(Mistake(file.line(path), ".".join(map(str, path)), why))
    return sorted(found, key=lambda m: (m.line, m.key))
