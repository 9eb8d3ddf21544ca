"""In the background: who may be one person; of all processes at one store one looks, an hour after the last look."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Protocol

import structlog

from peyvand.errors import Unavailable
from timeline.comparing import Acquaintance, compared
from timeline.folds.identity.alike import Alike
from timeline.folds.identity.verdicts import Pair

log = structlog.get_logger("timeline.suggesting")

FIRST_SECONDS, ASK_SECONDS, MOST_SECONDS = 60.0, 300.0, 3600.0


class Likenesses(Protocol):
    """Where customers come from, and where those that are alike are kept."""

    def turn(self) -> AbstractAsyncContextManager[bool]:
        """Say whether to look now: something has changed, the last look is long ago, and no other process looks.

        The look counts once the body has ended well. It is ended with LeaseLost when the turn has passed to another.
        """
        ...

    def refused(self) -> AsyncIterator[list[Pair]]:
        """Give the pairs of customers between which a rule refused a link, page by page."""
        ...

    def people(self) -> AsyncIterator[list[Acquaintance]]:
        """Give all customers but those who are nothing but a shared handle, page by page."""
        ...

    async def keep(self, found: Sequence[Alike]) -> None:
        """Let these, and no others, be suggested."""
        ...


@asynccontextmanager
async def suggesting(likenesses: Likenesses) -> AsyncIterator[None]:
    """Look for customers that are alike while the body runs, soon after the start and then every hour."""
    looking = asyncio.create_task(_for_ever(likenesses), name="suggesting")
    try:
        yield
    finally:
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking


async def suggest(likenesses: Likenesses) -> int | None:
    """Look once, if it is our turn; return how many pairs are suggested. Raises Unavailable."""
    async with likenesses.turn() as ours:
        if not ours:
            return None
        async with asyncio.timeout(MOST_SECONDS):
            found = await compared(likenesses.refused(), likenesses.people())
        await likenesses.keep(found)
        return len(found)


async def _for_ever(likenesses: Likenesses) -> None:
    await asyncio.sleep(FIRST_SECONDS)
    while True:
        try:
            if (pairs := await suggest(likenesses)) is not None:
                log.info("suggested", pairs=pairs)
        except Unavailable:
            pass  # the database's absence is told elsewhere; or the turn is another's now
        except Exception as error:  # noqa: BLE001 - suggestions are no reason to stop
            log.error("not suggested", error=type(error).__name__)
        await asyncio.sleep(ASK_SECONDS)
