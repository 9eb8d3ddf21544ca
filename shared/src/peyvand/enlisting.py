"""Telling a vendor at the start whom to call: tried until it has been done, and what stands in the way is shown."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import structlog
from pydantic import BaseModel

from peyvand.back_off import BackOff
from peyvand.cursors import Cursors
from peyvand.errors import SignInFailed, Unavailable
from peyvand.source import Enlist

log = structlog.get_logger("peyvand.enlisting")


@dataclass(slots=True)
class Enlisting:
    """One connector whose vendor is to call us; without `cursors` what is wrong stands only in the log."""

    connector: str
    enlist: Enlist[Any]
    settings: BaseModel
    cursors: Cursors | None = None
    back_off: BackOff = field(default_factory=BackOff)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    failures: int = 0

    async def run(self) -> None:
        """Try until the vendor has been told, then rest until cancelled."""
        while True:
            try:
                if await self.enlist(self.settings) is not None:
                    await self._worked()
                break
            except Exception as error:  # noqa: BLE001 - webhooks are taken whatever their vendor says
                wait = self.back_off.of_source(self.failures, error)
                self.failures += 1
                await self._failed(error)
            await self.sleep(wait)
        await asyncio.Event().wait()

    async def _worked(self) -> None:
        if self.cursors is not None:
            await self.cursors.polled(self.connector, self.now())

    async def _failed(self, error: Exception) -> None:
        plain = isinstance(error, SignInFailed | Unavailable)
        why = str(error) if plain else f"an unexpected {type(error).__name__}"
        log.warning("not enlisted", connector=self.connector, error=type(error).__name__)
        if self.cursors is None:
            return
        try:
            await self.cursors.failed(self.connector, self.now(), why)
        except Unavailable:
            log.warning("health not noted", connector=self.connector)
