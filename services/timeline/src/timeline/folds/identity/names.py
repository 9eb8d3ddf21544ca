"""Names across scripts: whether two of them can be one person's, for all that writing tells.

A key is evidence and no identity: حامد and حمید have the same.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from timeline.folds.identity.skeleton import INITIAL, far, joined, skeleton, within
from timeline.folds.identity.wording import words

NameKey = tuple[str, ...]
_RESPACED = "+"
_MARKS = INITIAL + _RESPACED


@lru_cache(maxsize=100_000)
def name_key(written: str) -> NameKey:
    """Return how each word of a name sounds, in written order; empty when titles, junk or initials are all there is."""
    key = tuple(skeleton(word) for word in words(written))
    return key if any(not token.startswith(INITIAL) for token in key) else ()


def block_key(written: str) -> NameKey:
    """Return the sounds of a name's words more coarsely, sorted and without initials: names alike enough to compare."""
    return tuple(sorted(far(token) for token in name_key(written) if not token.startswith(INITIAL)))


def compatible(a: NameKey, b: NameKey) -> bool:
    """Return whether two names can be one person's; an empty key says nothing, so it is compatible with every one.

    Each word of the shorter has a word of the longer to itself that sounds alike or is its initial, in any order and
    wherever a space was left out.
    """
    return (
        _fit(a, b)
        or joined(a) == joined(b)
        or any(_fit(respaced, b) for respaced in _respaced(a))
        or any(_fit(respaced, a) for respaced in _respaced(b))
    )


def _respaced(key: NameKey) -> Iterator[NameKey]:
    """Yield the name with each two neighbours written in one word."""
    for i, (first, second) in enumerate(pairwise(key)):
        one = within(first + second)
        if INITIAL not in first + second and one != within(first):
            yield (*key[:i], _RESPACED + one, *key[i + 2 :])


def _fit(a: NameKey, b: NameKey) -> bool:
    """Return whether each word of the shorter has one of the longer to itself: a matching in a bipartite graph."""
    few, many = (a, b) if len(a) <= len(b) else (b, a)
    taken: dict[int, int] = {}

    def place(word: int, tried: set[int]) -> bool:
        for at, token in enumerate(many):
            if at not in tried and _alike(few[word], token):
                tried.add(at)
                if at not in taken or place(taken[at], tried):
                    taken[at] = word
                    return True
        return False

    return all(place(word, set()) for word in range(len(few)))


def _alike(a: str, b: str) -> bool:
    if a == b:
        return True
    if a[0] in _MARKS:
        return _stands_for(a, b)
    return b[0] in _MARKS and _stands_for(b, a)


def _stands_for(marked: str, other: str) -> bool:
    """Return whether an initial, or a word that may have been two, stands for the other word."""
    if marked.startswith(INITIAL):
        return not set(marked[1:]).isdisjoint(other[1:] if other.startswith(INITIAL) else other[:1])
    return within(other) == marked[1:]
