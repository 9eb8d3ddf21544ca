"""Lists that come with Peyvand: plain text, one entry a line, read once when first asked for."""

from functools import cache
from importlib.resources import files


@cache
def listed(name: str) -> frozenset[str]:
    """Return the entries of a list; what follows # is for its readers."""
    text = files("peyvand.identity").joinpath("data", f"{name}.txt").read_text(encoding="utf-8")
    return frozenset(entry for line in text.splitlines() if (entry := line.partition("#")[0].strip()))
