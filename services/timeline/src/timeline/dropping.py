"""In the background: recordings of calls that are over their time are removed from the blob store."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

import structlog
from prometheus_client import Counter

from peyvand.blobs import Blobs
from peyvand.errors import Unavailable
from peyvand.settings import Retention

log = structlog.get_logger("timeline.dropping")

EVERY_SECONDS, AGAIN_SECONDS = 3600.0, 60.0
DAYS = Counter("peyvand_recording_days_dropped_total", "Days whose recordings of calls were removed")


def _now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def dropping(blobs: Blobs, retention: Retention, now: Callable[[], datetime] = _now) -> AsyncIterator[None]:
    """Remove what is over its time while the body runs, at its start and then every hour.

    Several processes may do so at once: what one has removed is not there for the other.
    """
    if retention.recordings_days is None:
        yield
        return
    work = asyncio.create_task(_for_ever(blobs, retention, now), name="dropping recordings")
    try:
        yield
    finally:
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work


async def drop(blobs: Blobs, retention: Retention, now: datetime) -> int:
    """Remove once; return of how many days. Raises Unavailable."""
    first = retention.first_day_kept(now)
    days = 0 if first is None else await blobs.drop_recordings(first)
    if days:
        DAYS.inc(days)
        log.info("recordings removed", days=days, before=str(first))
    return days


async def _for_ever(blobs: Blobs, retention: Retention, now: Callable[[], datetime]) -> None:
    while True:
        wait = EVERY_SECONDS
        try:
            await drop(blobs, retention, now())
        except Unavailable as away:
            log.warning("recordings not removed", why=str(away))
            wait = AGAIN_SECONDS
        except Exception as error:  # noqa: BLE001 - what is not removed now is removed later
            log.error("recordings not removed", error=type(error).__name__)
        await asyncio.sleep(wait)
