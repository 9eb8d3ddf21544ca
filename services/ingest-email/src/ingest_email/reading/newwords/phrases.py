"""Phrases of many languages, asked for by their letters; two letters rule most lines out at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from ingest_email.reading.newwords.page import VARIANTS, key

# Beside its letters a phrase may be written with so many blanks and signs.
_SIGNS = 16


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrases as keys: all, and by the two letters that they may be written with at their beginning or their end."""

    keys: frozenset[str]
    by_first: Mapping[str, tuple[str, ...]]
    by_last: Mapping[str, tuple[str, ...]]
    longest: int

    def has(self, text: str) -> bool:
        """Return whether a text is one of the phrases."""
        return text[:2].casefold() in self.by_first and len(text) <= self.longest and key(text) in self.keys

    def starts(self, text: str) -> bool:
        """Return whether a text begins with one of the phrases."""
        some = self.by_first.get(text[:2].casefold())
        return some is not None and key(text[: self.longest]).startswith(some)

    def ends(self, text: str) -> bool:
        """Return whether a text ends with one of the phrases."""
        some = self.by_last.get(text[-2:].casefold())
        return some is not None and key(text[-self.longest :]).endswith(some)


def phrases(written: Iterable[str]) -> Phrases:
    """Return phrases as they can be asked for."""
    first, last = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
    found = sorted({(key(text), text.casefold()) for text in written})
    for letters, text in found:
        for pair in _spelled(text[:2]):
            first[pair].append(letters)
        for pair in _spelled(text[-2:]):
            last[pair].append(letters)
    longest = max((len(text) for _, text in found), default=0) + _SIGNS
    by_first, by_last = ({pair: tuple(of) for pair, of in ends.items()} for ends in (first, last))
    return Phrases(frozenset(letters for letters, _ in found), by_first, by_last, longest)


def _spelled(letters: str) -> Iterable[str]:
    """Return the ways to write letters that are not told apart."""
    return map("".join, product(*(VARIANTS.get(key(letter), "") + letter for letter in letters)))
