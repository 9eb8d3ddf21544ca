"""What the timeline needs of a store to show who stands behind a handle, a domain or a decision, and who is unknown."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from timeline.folds.identity.verdicts import Verdict
from timeline.ports import Customer, Hit, KnownHandle, Page, Principal

# The source of cards that agents write by hand; the key of such a card is the act that wrote it.
BY_HAND = "agent"


# Under this handle, which nobody has, stands what came without any: of a caller who withheld the number.
NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Placed:
    """A handle as it stands: whose it is, and why it links nobody when it is shared."""

    handle: KnownHandle
    customer: UUID
    shared: str | None = None


@dataclass(frozen=True, slots=True)
class HitPage:
    """Some customers, those last heard from first, and the cursor of the next (None: there are none)."""

    hits: tuple[Hit, ...]
    older: str | None = None


@dataclass(frozen=True, slots=True)
class Knot:
    """So many handles that hang together that what is only claimed joins nobody among them; most links are `hub`'s."""

    handles: int
    hub: Placed
    links: int


class People(Protocol):
    """Reading of people beyond their timelines; every method shows only what the principal may see."""

    async def handles(self, who: Principal, ids: Collection[UUID]) -> Mapping[UUID, Placed]:
        """Return handles as they stand; one that is not there, or may not be seen, is left out."""
        ...

    async def owners(self, who: Principal, handles: Collection[UUID]) -> Sequence[Customer]:
        """Return the customers who have handles, each once, in the order of the handles."""
        ...

    async def through(self, who: Principal, handle: UUID, older_than: str | None, limit: int) -> Page:
        """Return a page of what came through one handle, or through none (`NOBODY`), newest first.

        Raises ValueError for a cursor that is none.
        """
        ...

    async def unknown(self, who: Principal, older_than: str | None, limit: int) -> HitPage:
        """Return a page of those of whom nothing but a number is known, those last heard from first.

        Raises ValueError for a cursor that is none.
        """
        ...

    async def knots(self, who: Principal, limit: int) -> Sequence[Knot]:
        """Return some knots of handles, the largest first."""
        ...

    async def behind(self, who: Principal, handle: UUID, limit: int) -> Sequence[Customer]:
        """Return the customers who were seen together with a shared handle, those last heard from first."""
        ...

    async def at_domain(self, who: Principal, domain: str, limit: int) -> Sequence[Customer]:
        """Return the customers with an address at a domain, those last heard from first."""
        ...

    async def act(self, who: Principal, act: UUID) -> Sequence[Verdict]:
        """Return the verdicts of an act, revoked ones too; none when any of them is about what may not be seen."""
        ...

    async def about(self, who: Principal, things: Collection[UUID]) -> Sequence[Verdict]:
        """Return the verdicts that stand on handles and interactions, the newest first."""
        ...

    async def introduced(self, key: str) -> bool:
        """Return whether a card that an agent wrote under this key says anything."""
        ...
