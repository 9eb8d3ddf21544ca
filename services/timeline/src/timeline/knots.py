"""Watching for knots: handles that hang together in such numbers that somebody should look at them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog
from prometheus_client import Gauge

from peyvand.errors import Unavailable
from timeline.people import People
from timeline.ports import Principal

log = structlog.get_logger("timeline.knots")

KNOTS = Gauge("peyvand_knots", "Knots: so many handles hang together that only proved links are followed among them")
LARGEST = Gauge("peyvand_largest_knot_handles", "Handles in the largest knot; 0 while there is none")
EVERY_SECONDS = 300.0
MOST = 100  # more than anybody looks at


@asynccontextmanager
async def watching(people: People) -> AsyncIterator[None]:
    """Keep the metrics of knots up to date while the body runs."""
    task = asyncio.create_task(_for_ever(people), name="knots")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def measure(people: People) -> None:
    """Set the metrics. Raises Unavailable."""
    found = await people.knots(Principal("metrics"), MOST)
    KNOTS.set(len(found))
    LARGEST.set(max((knot.handles for knot in found), default=0))


async def _for_ever(people: People) -> None:
    while True:
        try:
            await measure(people)
        except Unavailable:
            pass  # the database's absence is told elsewhere
        except Exception as error:  # noqa: BLE001 - a metric is no reason to stop
            log.error("knots not measured", error=type(error).__name__)
        await asyncio.sleep(EVERY_SECONDS)
