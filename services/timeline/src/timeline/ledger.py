"""What the timeline needs of a store to decide about identity, and to say why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from peyvand.identity import Handle
from timeline.folds.identity.verdicts import Verdict
from timeline.ports import KnownHandle, Principal


@dataclass(frozen=True, slots=True)
class Card:
    """A person as another system (CRM, ERP) or an agent knows them: evidence without an interaction.

    `key` is the system's own for the person, unique within `source`; a later card with it replaces the former. `teams`
    are those of the agent who wrote it: they see it who see only a part.
    """

    source: str
    key: str
    name: str | None
    handles: tuple[Handle, ...]
    at: datetime
    teams: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Introduced:
    """What cards brought."""

    new: int
    changed: int
    same: int


@dataclass(frozen=True, slots=True)
class Sighting:
    """Where a handle, or a link, was seen: in an interaction, or on a card."""

    event_id: UUID
    interaction: UUID | None
    source: str | None
    role: str
    proof: str
    name: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class LinkWhy:
    """What links a handle to another, since when; `refused` says why it joins nobody."""

    other: UUID
    strength: int
    first_at: datetime
    refused: str | None
    sighting: Sighting | None


@dataclass(frozen=True, slots=True)
class HandleWhy:
    """Why a handle stands where it stands: its first sightings, its links, the verdicts on it."""

    handle: KnownHandle
    shared: str | None
    sightings: tuple[Sighting, ...]
    links: tuple[LinkWhy, ...]
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """What speaks for two handles being one person's: a link that a rule refused, or a likeness.

    `why` is the rule, or "like"; by its `weight` in bits it stands before others. A likeness has its `score`, and the
    `parts` that it is made of.
    """

    a: KnownHandle
    b: KnownHandle
    why: str
    weight: float
    score: float | None = None
    parts: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two customers who may be one person, and what speaks for it, the weightiest first: `a` is the first one's."""

    customer_a: UUID
    customer_b: UUID
    grounds: tuple[Ground, ...]

    @property
    def best(self) -> Ground:
        """Return what speaks for it most."""
        return self.grounds[0]


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Some suggestions, those with the weightiest grounds first, and the cursor of the further ones (None: none)."""

    entries: tuple[Suggestion, ...]
    further: str | None = None


class Ledger(Protocol):
    """Deciding, and asking why; reading shows only what the principal may see."""

    async def decide(self, verdicts: Sequence[Verdict]) -> None:
        """Record verdicts and resolve; one that is there is left. Raises Rejected for a thing that is not there."""
        ...

    async def revoke(self, act: UUID, actor: str, at: datetime) -> bool:
        """Take back all verdicts of an act and resolve; False when there was nothing to take back."""
        ...

    async def verdicts(self, who: Principal, customer: UUID | None, limit: int) -> Sequence[Verdict]:
        """Return the newest verdicts, revoked ones too: those on a customer's handles, or all."""
        ...

    async def introduce(self, cards: Sequence[Card]) -> Introduced:
        """Record cards and resolve."""
        ...

    async def suggestions(
        self, who: Principal, limit: int, customer: UUID | None = None, after: str | None = None
    ) -> Suggestions:
        """Return pairs of customers on whom nobody has decided, of one customer or of all, each pair once.

        Raises ValueError for a cursor that is none.
        """
        ...

    async def why(self, who: Principal, customer: UUID) -> Sequence[HandleWhy]:
        """Return why each of a customer's handles is there, the earliest first; none when there is no such customer."""
        ...
