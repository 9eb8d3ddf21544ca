"""How alike two words are spelled."""

from functools import lru_cache
from itertools import pairwise


def likeness_of_words(a: str, b: str) -> float:
    """Return what share of the pairs of neighbouring letters two words have in common, from 0 to 1 (Dice)."""
    one, other = _pairs(a), _pairs(b)
    return 2 * len(one & other) / (len(one) + len(other))


@lru_cache(maxsize=100_000)
def _pairs(word: str) -> frozenset[str]:
    """Return the pairs of letters, the ends marked; one that occurs again is written once more."""
    text, seen = f"^{word}$", set[str]()
    for pair in map("".join, pairwise(text)):
        again = pair
        while again in seen:
            again += pair
        seen.add(again)
    return frozenset(seen)
