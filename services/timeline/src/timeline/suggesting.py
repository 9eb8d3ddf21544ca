"""In the background: who may be one person, computed in a process of its own so that no page waits for it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from multiprocessing import get_context
from typing import Any, Protocol

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
    async with asyncio.timeout(EVERY_SECONDS):  # a process that was killed would never answer
        found = await _beside(profiles, refused)
    await likenesses.keep(found)
    return len(found)


async def _beside(profiles: list[Profile], refused: list[Pair]) -> list[Alike]:
    """Compare in a fresh process, which ends when nobody waits for it any more."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[list[Alike]] = loop.create_future()

    def settle(how: Callable[[Any], None], result: Any) -> None:
        def unless_cancelled() -> None:
            if not done.done():
                how(result)

        loop.call_soon_threadsafe(unless_cancelled)

    # a forked one would hold this one's connections
    with get_context("spawn").Pool(1) as pool:
        pool.apply_async(
            alike, (profiles, refused), {}, partial(settle, done.set_result), partial(settle, done.set_exception)
        )
        return await done


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
