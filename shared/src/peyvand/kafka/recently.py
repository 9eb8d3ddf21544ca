"""An answer that is good for a moment: many may ask, few questions travel."""

import asyncio
from collections.abc import Awaitable, Callable

GOOD_FOR = 1.0


class Recently:
    """Asks at most once a second, and once at a time."""

    def __init__(self, ask: Callable[[], Awaitable[str | None]], good_for: float = GOOD_FOR) -> None:
        self._ask = ask
        self._good_for = good_for
        self._asking = asyncio.Lock()
        self._asked_at = float("-inf")
        self._answer: str | None = None

    async def answer(self) -> str | None:
        """Return the last answer, or a new one when that has become old."""
        async with self._asking:
            clock = asyncio.get_running_loop().time
            if clock() - self._asked_at >= self._good_for:
                self._answer = await self._ask()
                self._asked_at = clock()
        return self._answer
