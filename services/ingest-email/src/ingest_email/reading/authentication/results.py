"""Authentication-Results (RFC 8601): what a server found when it checked who sent a mail.

Read as servers really write it: comments, quotes, versions, spaces around `=`, and Microsoft's form without the
server's name. What cannot be read says nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

_LONGEST = 16 * 1024
_MOST = 50
_SIGN = re.compile(r'\\.|["();]', re.DOTALL)
# The look-behind keeps the search linear: a word is tried at its beginning only.
_PAIR = re.compile(r'(?<![\w.-])([a-z][\w.-]{0,60})(?:/\d+)?\s*=\s*("(?:[^"\\]|\\.)*"|[^\s;"]+)')


@dataclass(frozen=True, slots=True)
class Verdict:
    """One check, all in lower case: `dkim`, its result `pass`, and what it was about, `{"header.d": "example.com"}`."""

    method: str
    result: str
    about: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Results:
    """What one field says; `server` is empty where it does not say whose it is."""

    server: str
    verdicts: tuple[Verdict, ...]


def results(value: bytes) -> Results:
    """Return what a field says, at most its first 16 KB and 50 checks."""
    first, *rest = islice(_segments(value[:_LONGEST].decode("latin-1").lower()), _MOST + 1)
    nameless = "=" in first
    server = "" if nameless else next(iter(first.split()), "").strip('"').rstrip(".")
    verdicts = (_verdict(segment) for segment in ([first, *rest] if nameless else rest))
    return Results(server, tuple(v for v in verdicts if v is not None))


def _segments(text: str) -> Iterator[str]:
    """Yield what stands between semicolons, without comments; within quotes neither counts."""
    kept: list[str] = []
    at, depth, quoted = 0, 0, False
    for sign in _SIGN.finditer(text):
        if depth == 0:
            kept.append(text[at : sign.start()])
        at = sign.end()
        if sign[0] in "()" and not quoted:
            depth = max(0, depth + (1 if sign[0] == "(" else -1))
            kept.append(" ")
        elif depth == 0 and sign[0] == ";" and not quoted:
            yield "".join(kept)
            kept = []
        elif depth == 0:
            quoted ^= sign[0] == '"'
            kept.append(sign[0])
    yield "".join([*kept, text[at:] if depth == 0 else ""])


def _verdict(segment: str) -> Verdict | None:
    pairs = [(found[1], found[2].strip('"')) for found in islice(_PAIR.finditer(segment), _MOST)]
    if not pairs:
        return None
    about: dict[str, str] = {}
    for name, value in pairs[1:]:
        about.setdefault(name, value)
    return Verdict(*pairs[0], about)
