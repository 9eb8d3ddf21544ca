"""All pulls and listeners of a process, at work until it ends."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Protocol

import structlog

log = structlog.get_logger("peyvand.pulling")

# A source that hangs while it is told to stop is left behind: its cursor and lease say all there is to say.
STOP_SECONDS = 5.0
# A pull notes and outlives all that its source does; one that ends all the same is a fault of ours.
RESTART_SECONDS = 5.0


class Runs(Protocol):
    """A connector that works by itself, for ever."""

    @property
    def connector(self) -> str:
        """Return its name."""
        ...

    async def run(self) -> None:
        """Work until cancelled."""
        ...


@asynccontextmanager
async def pulling(pulls: Iterable[Runs]) -> AsyncIterator[None]:
    """Poll and listen while the body runs; at its end what a pull takes is given up, and its cursor stays."""
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


async def _for_ever(pull: Runs) -> None:
    while True:
        try:
            await pull.run()
        except Exception as error:  # noqa: BLE001 - without its text, which may be private
            log.error("pull ended", connector=pull.connector, error=type(error).__name__)
        await asyncio.sleep(RESTART_SECONDS)
