"""All pulls of a process, polling until it ends."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import structlog

from peyvand.pull import Pull

log = structlog.get_logger("peyvand.pulling")

# A source that hangs while it is told to stop is left behind: its cursor and lease say all there is to say.
STOP_SECONDS = 5.0
# A pull notes and outlives all that its source does; one that ends all the same is a fault of ours.
RESTART_SECONDS = 5.0


@asynccontextmanager
async def pulling(pulls: Iterable[Pull]) -> AsyncIterator[None]:
    """Poll while the body runs; at its end what is being taken is given up, and its cursor stays."""
    tasks = [asyncio.create_task(_for_ever(pull), name=f"pull {pull.connector}") for pull in pulls]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        if tasks:
            _, hanging = await asyncio.wait(tasks, timeout=STOP_SECONDS)
            for task in hanging:
                log.warning("pull hangs", task=task.get_name())


async def _for_ever(pull: Pull) -> None:
    while True:
        try:
            await pull.run()
        except Exception as error:  # noqa: BLE001 - without its text, which may be private
            log.error("pull ended", connector=pull.connector, error=type(error).__name__)
        await asyncio.sleep(RESTART_SECONDS)
