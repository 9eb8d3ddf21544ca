"""In the background: who may be one person, computed in a process of its own so that no page waits for it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager, suppress
from multiprocessing import get_context
from typing import Protocol

import structlog

from peyvand.errors import Unavailable
from timeline.folds.identity.alike import Alike, alike
from timeline.folds.identity.profile import Profile
from timeline.folds.identity.verdicts import Pair

log = structlog.get_logger("timeline.suggesting")

FIRST_SECONDS, EVERY_SECONDS = 60.0, 3600.0


class Likenesses(Protocol):
    """Where profiles come from, and where those that are alike are kept."""

    async def changed(self) -> bool:
        """Return whether customers may have changed since the last look."""
        ...

    async def profiles(self) -> tuple[list[Profile], list[Pair]]:
        """Return all customers' profiles, and the pairs of them between which a rule refused a link."""
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


async def suggest(likenesses: Likenesses) -> int:
    """Look once; return how many pairs are suggested. Raises Unavailable."""
    profiles, refused = await likenesses.profiles()
    # a fresh process: one that is forked would hold this one's connections
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as beside:
        found = await asyncio.get_running_loop().run_in_executor(beside, alike, profiles, refused)
    await likenesses.keep(found)
    return len(found)


async def _for_ever(likenesses: Likenesses) -> None:
    await asyncio.sleep(FIRST_SECONDS)
    while True:
        try:
            if await likenesses.changed():
                log.info("suggested", pairs=await suggest(likenesses))
        except Unavailable:
            pass  # the database's absence is told elsewhere
        except Exception as error:  # noqa: BLE001 - suggestions are no reason to stop
            log.error("not suggested", error=type(error).__name__)
        await asyncio.sleep(EVERY_SECONDS)
