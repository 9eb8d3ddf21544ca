"""How far a pulling connector has come, and which copy of it may write that."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

Cursor = dict[str, Any]  # JSON; its keys are the channel's own


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to poll one connector; `fence` rises with every holder, so that a late writer is refused."""

    connector: str
    holder: str
    fence: int


@dataclass(frozen=True, slots=True)
class Nature:
    """What a connector can know: whether it sees what we write ourselves, and how long its source waits to be asked.

    `keeps` is None for a source that forgets nothing, or that calls us.
    """

    sees_outbound: bool = True
    keeps: timedelta | None = None


class Cursors(Protocol):
    """Cursors, leases, and the evidence of a connector's health."""

    async def acquire(self, connector: str, holder: str, seconds: float) -> Lease | None:
        """Return a lease, or None while another holder's runs."""
        ...

    async def renew(self, lease: Lease, seconds: float) -> None:
        """Prolong a lease; raises LeaseLost when it has passed on."""
        ...

    async def release(self, lease: Lease) -> None:
        """Give a lease back; harmless when it has passed on."""
        ...

    async def load(self, lease: Lease) -> Cursor | None:
        """Return the cursor as last saved, or None on the first run."""
        ...

    async def save(self, lease: Lease, cursor: Cursor) -> None:
        """Move the cursor; raises LeaseLost when the lease has passed on."""
        ...

    async def polled(self, connector: str, at: datetime) -> None:
        """Note that the source answered, and forget its last error."""
        ...

    async def failed(self, connector: str, at: datetime, why: str) -> None:
        """Note in plain words what stands between us and the source."""
        ...

    async def answered(self, connector: str) -> datetime | None:
        """Return when the source last answered, as far as it was noted."""
        ...

    async def described(self, connector: str, nature: Nature) -> None:
        """Note what the connector can know, as it is configured now."""
        ...
