"""How alike two profiles are: the weights of evidence of Fellegi and Sunter."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from math import log2
from typing import Generic, TypeVar

P = TypeVar("P")
Shares = tuple[float, ...]  # of the levels of a field


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two profiles agree in a field, 0 for not at all, and on which terms when their frequency counts."""

    level: int
    terms: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Field(Generic[P]):
    """A thing in which profiles agree or not: `compare` gives None when one of the two says nothing.

    `matches` is how often, as is believed, the two profiles of one person agree how far: where candidates were sought
    by what the fields compare, they alone would teach that to agree in one thing is enough. `terms` are the profile's
    values whose frequency counts: to agree on a rare one says more.
    """

    name: str
    matches: Shares
    compare: Callable[[P, P], Agreement | None]
    terms: Callable[[P], Iterable[str]] | None = None


@dataclass(frozen=True, slots=True)
class Weights(Generic[P]):
    """What a set of profiles taught: per field how often a level is seen in matches (m) and in other pairs (u)."""

    fields: tuple[Field[P], ...]
    prior: float  # the share of matches among all pairs
    m: tuple[Shares, ...]
    u: tuple[Shares, ...]
    terms: tuple[Mapping[str, float], ...]
    rarest: float  # no term counts as rarer: two at least have it, or they would not agree on it


@dataclass(frozen=True, slots=True)
class Likeness:
    """The logarithm of the odds that two profiles are one person's, in bits, and each field's part in it."""

    score: float
    parts: tuple[tuple[str, float], ...]


def score(weights: Weights[P], a: P, b: P) -> Likeness:
    """Return how alike two profiles are: a part for each field in which both say something."""
    parts = []
    for field, m, u, frequency in zip(weights.fields, weights.m, weights.u, weights.terms, strict=True):
        if (found := field.compare(a, b)) is not None:
            rarest = min((frequency.get(term, 0.0) for term in found.terms), default=u[found.level])
            chance = max(rarest, weights.rarest) if found.terms else rarest
            parts.append((field.name, log2(m[found.level] / chance)))
    return Likeness(log2(weights.prior / (1 - weights.prior)) + sum(part for _, part in parts), tuple(parts))
