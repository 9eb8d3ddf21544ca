"""Acts: what somebody decided at once, and what is revoked at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from timeline.folds.identity.verdicts import Verdict, VerdictKind

_ACTS = UUID("0b0f5b7e-5d0c-5b7a-9d1f-6c1f3a9e2d44")


@dataclass(frozen=True, slots=True)
class Act:
    """What the verdicts of one decision have in common: who decides, when, and why."""

    id: UUID
    actor: str
    at: datetime
    why: str | None = None


def act_id(actor: str, key: str, asked: str) -> UUID:
    """Return the id of an act: the same key for something else that is asked is another act."""
    return uuid5(_ACTS, f"{actor}\x1f{key}\x1f{asked}")


def handles_of(verdict: Verdict) -> tuple[UUID, ...]:
    """Return the handles that a verdict is about."""
    if verdict.kind is VerdictKind.MOVE:
        return (verdict.b,) if verdict.b else ()
    return (verdict.a, verdict.b) if verdict.b else (verdict.a,)


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdicts of one act, as people speak of it."""

    id: UUID
    kind: VerdictKind
    verdicts: tuple[Verdict, ...]

    @property
    def first(self) -> Verdict:
        """Return the verdict that names who decided, when and why."""
        return self.verdicts[0]


def decisions_of(verdicts: Iterable[Verdict]) -> tuple[Decision, ...]:
    """Return the acts of verdicts, in the order in which each comes first."""
    acts: dict[UUID, list[Verdict]] = {}
    for verdict in verdicts:
        acts.setdefault(verdict.act, []).append(verdict)
    return tuple(Decision(act, those[0].kind, tuple(those)) for act, those in acts.items())
