"""Customers that may be one person: a suggestion to a human, and never a link."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from timeline.folds.identity.likeness import Likeness, score
from timeline.folds.identity.profile import FIELDS, Profile
from timeline.folds.identity.training import Numbered, train

THRESHOLD = 3.0  # bits: eight to one. A name alone stays below 0, the rarest too


@dataclass(frozen=True, slots=True)
class Alike:
    """Two customers, each by a handle, and how alike they are."""

    a: UUID
    b: UUID
    likeness: Likeness


def alike(profiles: Numbered[Profile], pairs: Iterable[tuple[Profile, Profile]]) -> list[Alike]:
    """Return which pairs are alike enough to be suggested, the likeliest first; both are gone through more than once.

    The profiles stand in the order of their handles, so that the sample from which is learnt is the same each time.
    """
    weights = train(FIELDS, profiles, pairs)
    found = (Alike(a.handle, b.handle, score(weights, a, b)) for a, b in pairs)
    return sorted((f for f in found if f.likeness.score >= THRESHOLD), key=lambda f: (-f.likeness.score, f.a, f.b))
