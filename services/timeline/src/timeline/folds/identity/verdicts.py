"""What people decided about identity, and what it comes to: of two verdicts on one thing the newest stands."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

Pair = tuple[UUID, UUID]
K = TypeVar("K", bound=Hashable)


class VerdictKind(StrEnum):
    """What a verdict says; `a` is a handle, but for MOVE an interaction, whose customer is then that of handle `b`."""

    SAME = "same"  # a and b are one customer, whatever the rules say
    DIFFERENT = "different"  # a and b are two, whatever links them
    SHARED = "shared"  # many use a: it links nobody
    PERSONAL = "personal"  # a is one person's, whatever the rules say
    MOVE = "move"
    DISMISSED = "dismissed"  # a and b need not be suggested again
    NOT_A_CUSTOMER = "not_a_customer"  # value: spam, supplier, newsletter
    NAME = "name"  # value: how whoever has a is called
    TAG = "tag"  # value: a word for whoever has a


# The kinds from which customers follow; the others say how one is called, shown or suggested.
OF_IDENTITY = frozenset({VerdictKind.SAME, VerdictKind.DIFFERENT, VerdictKind.SHARED, VerdictKind.PERSONAL})


@dataclass(frozen=True, slots=True)
class Verdict:
    """One thing that somebody decided; those of one `act` were decided, and are revoked, together."""

    id: UUID
    act: UUID
    kind: VerdictKind
    a: UUID
    b: UUID | None
    value: str | None
    actor: str
    at: datetime
    why: str | None = None
    revoked_at: datetime | None = None
    revoked_by: str | None = None


@dataclass(frozen=True, slots=True)
class Rulings:
    """Verdicts as they stand: pairs as (smaller, larger), and each handle's sharing."""

    same: frozenset[Pair] = frozenset()
    different: frozenset[Pair] = frozenset()
    sharing: dict[UUID, VerdictKind] = field(default_factory=dict)  # SHARED or PERSONAL


def pair(a: UUID, b: UUID) -> Pair:
    """Return two handles in the order in which a pair is written."""
    return (a, b) if a < b else (b, a)


def rulings(verdicts: Iterable[Verdict]) -> Rulings:
    """Return what verdicts come to; those that were revoked say nothing."""
    standing = [v for v in verdicts if v.revoked_at is None]
    pairs = _newest(standing, {VerdictKind.SAME, VerdictKind.DIFFERENT}, lambda v: pair(v.a, v.b) if v.b else None)
    sharing = _newest(standing, {VerdictKind.SHARED, VerdictKind.PERSONAL}, lambda v: v.a)
    return Rulings(
        frozenset(p for p, kind in pairs.items() if kind is VerdictKind.SAME),
        frozenset(p for p, kind in pairs.items() if kind is VerdictKind.DIFFERENT),
        sharing,
    )


def _newest(
    verdicts: Iterable[Verdict], kinds: set[VerdictKind], thing: Callable[[Verdict], K | None]
) -> dict[K, VerdictKind]:
    newest: dict[K, VerdictKind] = {}
    for v in sorted((v for v in verdicts if v.kind in kinds), key=lambda v: (v.at, v.id)):
        if (about := thing(v)) is not None:
            newest[about] = v.kind
    return newest
