"""The words of vocabulary.toml, arranged to be found at once."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from ingest_email.reading.newwords.page import folded_text, key, words
from ingest_email.reading.newwords.phrases import Phrases, phrases

LABELS = ("from", "date", "to", "cc", "subject", "other")
_PHRASES = ("original", "forwarded", "forward", "mobile", "mobile_end", "closing", "contact", "footer", "above")


@dataclass(frozen=True, slots=True)
class Verbs:
    """The verbs of writing: what words each needs, by its longest; and those of writings that do not part words."""

    longest: frozenset[str]
    needed: Mapping[str, tuple[frozenset[str], ...]]
    within: tuple[str, ...]

    def among(self, said: set[str], text: str) -> bool:
        """Return whether a verb is among these words, or within their text where words are not parted."""
        if any(needed <= said for verb in said & self.longest for needed in self.needed[verb]):
            return True
        return not text.isascii() and any(verb in text for verb in self.within)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What mail programs write, in all languages at once."""

    labels: Mapping[str, frozenset[str]]
    verbs: Verbs
    openings: tuple[str, ...]
    programs: frozenset[str]
    legal: frozenset[str]
    mine: Phrases
    original: Phrases
    forwarded: Phrases
    forward: Phrases
    mobile: Phrases
    mobile_end: Phrases
    closing: Phrases
    contact: Phrases
    footer: Phrases
    above: Phrases


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """Return the vocabulary, read once."""
    languages: dict[str, dict[str, Any]] = tomllib.loads(
        files("ingest_email.reading.newwords").joinpath("vocabulary.toml").read_text("utf-8")
    )
    programs = languages.pop("programs")
    names = {name for table in languages.values() for name in table}
    every = {name: tuple(_all(languages.values(), name)) for name in names}
    return Vocabulary(
        labels=_labels(every),
        verbs=_verbs(every["wrote"]),
        openings=tuple(sorted({folded_text(on) + after for on in every["on"] for after in " ,."})),
        programs=frozenset(map(key, programs["words"])),
        legal=frozenset(word for one in every["legal"] for word in words(one)),
        mine=phrases(programs["my"]),
        **{name: phrases(every[name]) for name in _PHRASES},
    )


def _all(tables: Iterable[Mapping[str, Any]], name: str) -> Iterator[str]:
    for table in tables:
        yield from table.get(name, ())


def _labels(every: Mapping[str, tuple[str, ...]]) -> dict[str, frozenset[str]]:
    kinds: dict[str, set[str]] = {}
    for kind in LABELS:
        for label in every[kind]:
            kinds.setdefault(key(label), set()).add(kind)
    return {label: frozenset(found) for label, found in kinds.items()}


def _verbs(written: Iterable[str]) -> Verbs:
    """Return the verbs by their longest words: "a écrit" is found by "écrit"."""
    found: dict[str, set[frozenset[str]]] = {}
    within = []
    for verb in written:
        needed = frozenset(words(verb))
        found.setdefault(max(needed, key=lambda word: (len(word), word)), set()).add(needed)
        within += [verb] if _unparted(verb) else []
    by_longest = {longest: tuple(sorted(needed, key=len)) for longest, needed in found.items()}
    return Verbs(frozenset(by_longest), by_longest, tuple(within))


def _unparted(verb: str) -> bool:
    """Return whether a verb is of a writing that does not part words: Chinese, Japanese, Korean, Thai."""
    return any("\u0e00" <= letter <= "\u0e7f" or "\u3040" <= letter <= "\ud7ff" for letter in verb)
