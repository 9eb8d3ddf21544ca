"""A store that is asked again when it does not take something, so that a lost deadlock ends no command halfway."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from peyvand.errors import Unavailable
from timeline.ports import Chosen, Raw, Store, Transaction

T = TypeVar("T")
PAUSES = (0.1, 0.3, 1.0, 3.0)  # seconds between the tries


@dataclass(frozen=True, slots=True)
class PatientStore:
    """A store, each transaction of which is tried a few times."""

    store: Store

    async def settle(self, received_before: datetime) -> int:
        """Settle deliveries whose events others have brought meanwhile."""
        return await patiently(lambda: self.store.settle(received_before))

    async def deliveries(self, chosen: Chosen, after: UUID | None, limit: int) -> Sequence[Raw]:
        """Return raw deliveries in the order of their ids, those after one."""
        return await patiently(lambda: self.store.deliveries(chosen, after, limit))

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        """Do work in one transaction; what was refused left nothing behind."""
        return await patiently(lambda: self.store.transact(work))


async def patiently(ask: Callable[[], Awaitable[T]]) -> T:
    """Return what is answered, asked a few times; raises Unavailable when it never is."""
    for pause in PAUSES:
        try:
            return await ask()
        except Unavailable:
            await asyncio.sleep(pause)
    return await ask()
