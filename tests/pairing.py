"""Pairs worth comparing as they are found when there is room for all of them: what the product's files must come to."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations
from uuid import UUID

from timeline.folds.identity.alike import Alike, alike
from timeline.folds.identity.blocking import MOST, Key, keys
from timeline.folds.identity.profile import Profile
from timeline.folds.identity.verdicts import Pair


def candidates(profiles: Sequence[Profile], refused: Iterable[Pair] = ()) -> list[tuple[Profile, Profile]]:
    """Return pairs of profiles with a key in common, and those between which a rule refused a link."""
    known = {p.handle: p for p in profiles}
    blocks: defaultdict[Key, list[UUID]] = defaultdict(list)
    for p in profiles:
        for key in keys(p):
            blocks[key].append(p.handle)
    pairs = {(a, b) for a, b in refused if a != b and a in known and b in known}
    for members in blocks.values():
        if len(members) <= MOST:
            pairs.update(combinations(members, 2))
    ordered = sorted({(a, b) if a < b else (b, a) for a, b in pairs})
    return [(known[a], known[b]) for a, b in ordered]


def suggested(profiles: Sequence[Profile], refused: Iterable[Pair] = ()) -> list[Alike]:
    """Return who is alike enough among profiles."""
    known = sorted(profiles, key=lambda p: p.handle)
    return alike(known, candidates(known, refused))
