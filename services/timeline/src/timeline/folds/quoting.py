"""What of a message is only its parent again, told by the parent's own words: no vocabulary, any language."""

from timeline.folds.search import folded

# Fewer letters in common may be chance: a greeting, a name.
ENOUGH = 40
_MARKS = " \t>|"


def confirmed(text: str, parent: str) -> tuple[str, str | None]:
    """Return a message's new words, and the end of it that repeats its parent; None when none does.

    Only an unbroken end is folded away: words among repeated lines answer them, and would lose their sense alone.
    """
    lines = text.split("\n")
    said = {_plain(line) for line in parent.split("\n")} - {""}
    plain = [_plain(line) for line in lines]
    start = _first_of_end(plain, said)
    if start is None or sum(len(p) for p in plain[start:]) < ENOUGH:
        return text, None
    start = _with_attribution(lines, start)
    new = "\n".join(lines[:start]).rstrip()
    if not new:
        return text, None
    return new, "\n".join(lines[start:]).strip("\n")


def _with_attribution(lines: list[str], start: int) -> int:
    """Return where the fold begins when the line above it introduces it, as "… wrote:" does in any language."""
    above = start - 1
    while above >= 0 and not lines[above].strip():
        above -= 1
    return above if above >= 0 and lines[above].rstrip(_MARKS + "\u200e\u200f\u202c").endswith(":") else start


def _plain(line: str) -> str:
    return folded(line.strip(_MARKS))


def _first_of_end(plain: list[str], said: set[str]) -> int | None:
    """Return where the last unbroken run of the parent's lines begins, when it reaches to the end."""
    start = None
    for at in range(len(plain) - 1, -1, -1):
        if plain[at] in said:
            start = at
        elif plain[at]:
            break
    return start
