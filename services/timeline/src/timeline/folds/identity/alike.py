"""Customers that may be one person: a suggestion to a human, and never a link."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from timeline.folds.identity.blocking import candidates
from timeline.folds.identity.likeness import Likeness, score
from timeline.folds.identity.profile import FIELDS, Profile
from timeline.folds.identity.training import train
from timeline.folds.identity.verdicts import Pair

THRESHOLD = 3.0  # bits: eight to one. A name alone stays below 0, the rarest too


@dataclass(frozen=True, slots=True)
class Alike:
    """Two customers, each by a handle, and how alike they are."""

    a: UUID
    b: UUID
    likeness: Likeness


def alike(profiles: Sequence[Profile], refused: Iterable[Pair] = ()) -> list[Alike]:
    """Return the pairs of customers alike enough to be suggested, the likeliest first."""
    known = sorted(profiles, key=lambda p: p.handle)
    pairs = candidates(known, refused)
    weights = train(FIELDS, known, pairs)
    found = (Alike(a.handle, b.handle, score(weights, a, b)) for a, b in pairs)
    return sorted((f for f in found if f.likeness.score >= THRESHOLD), key=lambda f: (-f.likeness.score, f.a, f.b))
