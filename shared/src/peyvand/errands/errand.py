"""An errand, and where errands are kept until they are done."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class Task(StrEnum):
    """What is to be done."""

    FETCH = "fetch"  # a file from its vendor
    RELAY = "relay"  # a delivery, handed on


@dataclass(frozen=True, slots=True)
class Errand:
    """One thing to do for a connector; its key is the same whenever the same is asked for again.

    `number` counts up in the order in which errands were put; `attempts` are those begun.
    """

    connector: str
    task: Task
    key: UUID
    payload: bytes
    born: datetime
    number: int = 0
    attempts: int = 0
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Errands of one connector that are not done: how many, since when the oldest, and why it was not done last."""

    count: int
    oldest: datetime
    error: str | None = None


class Errands(Protocol):
    """Errands that outlive processes. Every method raises Unavailable."""

    async def put(self, errands: Sequence[Errand]) -> None:
        """Keep errands, in order; one whose connector, task and key are known, done or not, is left as it is."""
        ...

    async def claim(
        self, task: Task, connectors: Collection[str], holder: str, seconds: float, most: int
    ) -> list[Errand]:
        """Return some that are due, the longest due first, and nobody else's for so long; each counts an attempt."""
        ...

    async def renew(self, errand: Errand, holder: str, seconds: float) -> None:
        """Prolong a claim, if it is still the holder's."""
        ...

    async def let_go(self, holder: str) -> None:
        """Free what a holder has claimed: it has just been started, and whoever bore its name is dead."""
        ...

    async def line(self, task: Task, connector: str, most: int) -> list[Errand]:
        """Return the first that are not done, in the order of their putting, claimed or not."""
        ...

    async def done(self, errand: Errand) -> None:
        """Forget what an errand holds, but not that it was done."""
        ...

    async def later(self, errand: Errand, seconds: float, why: str) -> None:
        """Free an errand, to be due again after so long, with its attempts as they are given and the reason."""
        ...

    async def waiting(self, task: Task, connectors: Collection[str]) -> Mapping[str, Waiting]:
        """Return what waits, by connector; those without any are left out."""
        ...

    async def forget(self, seconds: float) -> None:
        """Drop those that were done so long ago."""
        ...
