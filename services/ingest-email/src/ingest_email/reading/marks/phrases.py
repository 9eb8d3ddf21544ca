"""How machines word what they write, in many languages: data, and the way to look for it."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

from peyvand.identity.writing import UNSEEN

Kind = Literal["bounce", "undelivered", "delayed", "answer", "away"]
# Letters that keyboards exchange; signs that nobody sees go.
_LIKE = {ord(a): b for a, b in zip("يىكأإ’", "ییکاا'", strict=True)} | UNSEEN
# What a list, a filter or a server puts before a subject.
_TAG = re.compile(r"\s*(?:\[[^\]]{1,40}\]|\*{2,5}[\w ]{1,20}\*{2,5})\s*")


def folded(text: str) -> str:
    """Return a text as it is compared with phrases."""
    if text.isascii():
        return " ".join(text.lower().split())
    return " ".join(text.casefold().translate(_LIKE).split())


def begins(subject: str, kind: Kind) -> bool:
    """Return whether a folded subject begins with one of the phrases, after tags."""
    at = 0
    while tag := _TAG.match(subject, at):
        at = tag.end()
    return subject.startswith(_phrases(kind), at)


def says(text: str, kind: Kind) -> bool:
    """Return whether one of the phrases stands in a folded text."""
    return any(phrase in text for phrase in _phrases(kind))


@cache
def _phrases(kind: Kind) -> tuple[str, ...]:
    return _all()[kind]


@cache
def _all() -> dict[str, tuple[str, ...]]:
    text = files("ingest_email.reading.marks").joinpath("data", "phrases.toml").read_text(encoding="utf-8")
    return {kind: tuple(folded(phrase) for phrase in phrases) for kind, phrases in tomllib.loads(text).items()}
