"""Now and then: deliveries that were not published whole, and whose events came in again with another."""

import asyncio
from datetime import UTC, datetime, timedelta

import structlog

from peyvand.errors import Unavailable
from timeline.ports import Store

log = structlog.get_logger("timeline.consume")

EVERY_SECONDS = 15.0
# Younger ones have their events on the way.
AGE = timedelta(seconds=10)


async def settle_for_ever(store: Store, every: float = EVERY_SECONDS) -> None:
    """Settle what waits for nothing any more, until cancelled."""
    while True:
        await asyncio.sleep(every)
        try:
            settled = await store.settle(datetime.now(UTC) - AGE)
        except Unavailable:  # the batches say so
            continue
        except Exception as error:  # noqa: BLE001 - it is looked at again
            log.error("arriving not settled", error=type(error).__name__)
            continue
        if settled:
            log.info("settled", deliveries=settled)
