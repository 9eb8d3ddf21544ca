"""Secrets by reference: `file:secrets/support` and `${ENV_VAR}`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True)
class Secrets:
    """Where references are looked up: the environment, and files below a folder."""

    environment: Mapping[str, str]
    folder: Path

    def resolve(self, value: Any) -> Any:
        """Return the value with its reference looked up; raises LookupError that names what is missing."""
        if not isinstance(value, str):
            return value
        if value.startswith("file:"):
            return self._file(value.removeprefix("file:"))
        return _VARIABLE.sub(self._variable, value)

    def _file(self, name: str) -> str:
        try:
            return (self.folder / name).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise LookupError(
                f"the file {name!r} cannot be read ({getattr(error, 'strerror', None) or 'not text'})"
            ) from error

    def _variable(self, match: re.Match[str]) -> str:
        try:
            return self.environment[match[1]]
        except KeyError:
            raise LookupError(f"the environment variable {match[1]} is not set") from None
