"""Learning without labelled examples what speaks for two profiles being one person's."""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from random import Random
from typing import Protocol, TypeVar

from timeline.folds.identity.likeness import Field, P, Shares, Weights

Pattern = tuple[int | None, ...]
Kept = TypeVar("Kept", covariant=True)

RANDOM_PAIRS = 60_000
PAIRS_OF_EACH = 20  # at most, of random ones
ROUNDS = 100
BELIEF = 0.1  # what is believed of matches weighs as much as this share of the candidates
RAREST = 1e-5  # no agreement counts for more than on a value of one in a hundred thousand
PLACES = 1 << 20  # more than there are different terms in a million profiles
MOST_DUPLICATES = 2.0  # other profiles of the same person that one may expect of each


class Numbered(Protocol[Kept]):
    """Profiles by their numbers, wherever they are kept."""

    def __len__(self) -> int: ...

    def __getitem__(self, number: int, /) -> Kept: ...

    def __iter__(self) -> Iterator[Kept]: ...


def train(fields: Iterable[Field[P]], profiles: Numbered[P], candidates: Iterable[tuple[P, P]]) -> Weights[P]:
    """Return the weights that a set of profiles, and candidates among them, teach.

    What is seen in other pairs comes from random ones and stays; expectation and maximisation find the rest.
    """
    known = tuple(fields)
    patterns = Counter(_pattern(known, a, b) for a, b in candidates)
    u = _by_chance(known, profiles)
    share, m = _maximised(known, patterns, u)
    count = max(len(profiles), 2)
    pairs = count * (count - 1) / 2
    matches = max(1.0, min(share * patterns.total(), MOST_DUPLICATES * count / 2))
    rarest = max(RAREST, 2 / count)
    terms = tuple(_frequencies(f, profiles, rarest) for f in known)
    return Weights(known, min(matches / pairs, 0.5), m, u, terms, rarest)


def _pattern(fields: Iterable[Field[P]], a: P, b: P) -> Pattern:
    return tuple(found.level if (found := f.compare(a, b)) else None for f in fields)


def _frequencies(field: Field[P], profiles: Numbered[P], rarest: float) -> Mapping[str, float]:
    """Return how frequent terms are, those left out that count as the rarest anyway: nearly all of them are.

    They are told apart by a count of what shares a place in a table, so that none of them is held.
    """
    if field.terms is None:
        return {}
    places = array("L", bytes(array("L").itemsize * PLACES))
    for p in profiles:
        for term in set(field.terms(p)):
            places[hash(term) % PLACES] += 1
    least = rarest * len(profiles)
    counted = Counter(term for p in profiles for term in set(field.terms(p)) if places[hash(term) % PLACES] > least)
    return {term: n / len(profiles) for term, n in counted.items() if n > least}


def _by_chance(fields: Sequence[Field[P]], profiles: Numbered[P]) -> tuple[Shares, ...]:
    """Return how often pairs drawn by chance, nearly all of them two people's, agree how far."""
    chance = Random(len(profiles))  # noqa: S311 - a sample, the same each time
    count = min(RANDOM_PAIRS, PAIRS_OF_EACH * len(profiles)) if len(profiles) > 1 else 0
    drawn = [chance.sample(range(len(profiles)), 2) for _ in range(count)]
    patterns = Counter(_pattern(fields, profiles[i], profiles[j]) for i, j in drawn)
    return _shares(patterns.items(), [(1 / len(f.matches),) * len(f.matches) for f in fields])


def _maximised(
    fields: Sequence[Field[P]], patterns: Mapping[Pattern, int], u: Sequence[Shares]
) -> tuple[float, tuple[Shares, ...]]:
    """Return the share of matches among the candidates, and how often a match agrees how far."""
    total = max(1, sum(patterns.values()))
    share, m = 0.1, tuple(f.matches for f in fields)
    believed = [tuple(max(1.0, BELIEF * total) * part for part in f.matches) for f in fields]
    for _ in range(ROUNDS):
        matching = {p: n * _posterior(share, p, m, u) for p, n in patterns.items()}
        before, share = share, min(max(sum(matching.values()) / total, 1 / total / 2), 0.999)
        m = _shares(matching.items(), believed)
        if abs(share - before) < 1e-7:
            break
    return share, m


def _posterior(share: float, pattern: Pattern, m: Sequence[Shares], u: Sequence[Shares]) -> float:
    odds = share / (1 - share)
    for level, seen, by_chance in zip(pattern, m, u, strict=True):
        if level is not None:
            odds *= seen[level] / by_chance[level]
    return odds / (1 + odds)


def _shares(patterns: Iterable[tuple[Pattern, float]], before: Iterable[Shares]) -> tuple[Shares, ...]:
    """Return each field's share of each level, what is there before counted in."""
    sums = [list(counts) for counts in before]
    for pattern, n in patterns:
        for counts, level in zip(sums, pattern, strict=True):
            if level is not None:
                counts[level] += n
    return tuple(tuple(n / sum(counts) for n in counts) for counts in sums)
