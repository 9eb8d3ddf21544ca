"""What partners' own ids stand for, and what became of their requests: the port."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

# So many requests of each key are remembered.
REMEMBERED = 50


@dataclass(frozen=True, slots=True)
class Claim:
    """What a partner says under an id of its own: the digest (SHA-256 in hex) of its content, and what it becomes."""

    id: str
    revision: int
    digest: str
    event_id: UUID
    delivery_id: UUID
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """What an id stands for: the first content that claimed it, or the one of the highest revision since.

    `durable` says that its event is; until then nobody has been told so, and the same may be published again.
    """

    claim: Claim
    durable: bool = False

    def is_said_by(self, claim: Claim) -> bool:
        """Return whether a claim says what stands."""
        return (self.claim.revision, self.claim.digest) == (claim.revision, claim.digest)


@dataclass(frozen=True, slots=True)
class Fate:
    """An id's standing, and what the timeline made of its delivery: outcome and why; None while it has none."""

    standing: Standing
    outcome: str | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One event of a request as it was answered; `id` is empty where none could be read."""

    id: str
    status: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Noted:
    """One request of a key as it was answered: `rows` are the first of its events; nothing of any body."""

    id: UUID
    at: datetime
    key: str
    method: str
    status: int
    why: str = ""
    events: int = 0
    rows: tuple[Row, ...] = ()


class Register(Protocol):
    """The ids and requests of partners, the same for all copies of a service; every method raises Unavailable."""

    async def claim(self, connector: str, claims: Sequence[Claim]) -> Sequence[Standing]:
        """Return what each id stands for after its claim, in their order; of claims that race one stands.

        It is the claim's own content when it was the first, or its revision the highest.
        """
        ...

    async def note(self, connector: str, noted: Noted, durable: Sequence[Claim] = ()) -> None:
        """Remember a request, and that what these claims say is durable, unless something else stands by now."""
        ...

    async def fate(self, connector: str, own_id: str) -> Fate | None:
        """Return what an id stands for; None when nothing was ever taken under it."""
        ...

    async def requests(self, connector: str, key: str | None = None) -> Sequence[Noted]:
        """Return the remembered requests of a key, or of all keys, the newest first."""
        ...


def waves(claims: Sequence[Claim]) -> list[list[Claim]]:
    """Return claims in groups in which no id is there twice, each id's in their order, sorted by id.

    One statement takes an id once, and two that lock rows in one order never wait for each other crosswise.
    """
    grouped: list[list[Claim]] = []
    seen: dict[str, int] = {}
    for claim in claims:
        turn = seen.get(claim.id, 0)
        seen[claim.id] = turn + 1
        if turn == len(grouped):
            grouped.append([])
        grouped[turn].append(claim)
    return [sorted(group, key=lambda claim: claim.id) for group in grouped]
